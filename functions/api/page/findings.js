import { byId, counted, figure, make, probability, twoDigits } from "./dom.js";
import { labelPlace, measuredAt } from "./operating-point.js";
import { currentCard, sortedFindings, state, thresholdOf, update, watch } from "./state.js";

/** @typedef {import("./client.js").Finding} Finding */

const list = byId("findings", HTMLOListElement);

/** The parts of a row that change, by observation. The rows stay, so that focus and drags do. */
const rows = /** @type {Map<string, ReturnType<typeof makeRow>>} */ (new Map());

/** Chooses a finding and shows its map; the chosen one again hides it. @param {string} observation */
export function choose(observation) {
  const again = state.observation === observation && state.mapOn;
  update({ observation, mapOn: !again });
}

/** Chooses the next finding down (1) or up (-1), as sorted. @param {number} step */
export function chooseNext(step) {
  const order = sortedFindings().map((finding) => String(finding.observation));
  if (order.length === 0) return;
  const place = order.indexOf(state.observation ?? "");
  const next = place < 0 ? 0 : Math.min(order.length - 1, Math.max(0, place + step));
  update({ observation: order[next] ?? null, mapOn: true });
  const row = rows.get(order[next] ?? "");
  row?.item.scrollIntoView({ block: "nearest" });
  if (list.contains(document.activeElement)) row?.button.focus();
}

/** @param {string} observation */
function makeRow(observation) {
  const word = make("span", { class: "word" });
  const number = make("span", { class: "number" });
  const button = make(
    "button",
    { type: "button", onclick: () => choose(observation) },
    make("span", { class: "dot", "aria-hidden": "true" }),
    make("span", { class: "name" }, observation),
    word,
    number,
  );
  const fill = make("div", { class: "fill" });
  const tick = make("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": `Threshold for ${observation}`,
    oninput: () => {
      state.thresholds.set(observation, tick.valueAsNumber);
      update({ observation });
    },
  });
  const bar = make("div", { class: "bar" }, fill, tick);
  const detail = make("div", { class: "detail", hidden: true });
  /** @param {string | null} hovered */
  const hover = (hovered) => {
    if (state.hovered !== hovered) update({ hovered });
  };
  const item = make(
    "li",
    { class: "finding", onpointerenter: () => hover(observation), onpointerleave: () => hover(null) },
    button,
    bar,
    detail,
  );
  return { item, button, word, number, fill, tick, detail };
}

/** @param {string} observation @param {number} own the model's threshold @param {Finding | undefined} finding */
function fillRow(observation, own, finding) {
  const row = rows.get(observation);
  if (row === undefined) return;
  const threshold = thresholdOf(observation, own);
  const above = finding !== undefined && finding.probability >= threshold;
  const chosen = state.observation === observation && finding !== undefined;
  row.item.classList.toggle("above", above);
  row.item.classList.toggle("chosen", chosen);
  row.item.classList.toggle("moved", threshold !== own);
  row.button.disabled = finding === undefined;
  row.button.setAttribute("aria-pressed", String(chosen && state.mapOn));
  row.word.textContent = finding === undefined ? "" : above ? "above threshold" : "below";
  row.number.textContent = finding === undefined ? "" : probability(finding.probability);
  row.fill.style.width = finding === undefined ? "" : `${finding.probability * 100}%`;
  row.tick.value = String(threshold);
  row.tick.tabIndex = chosen ? 0 : -1;
  row.tick.disabled = finding === undefined;
  row.tick.setAttribute("aria-valuetext", inWords(observation, threshold));
  row.detail.hidden = !chosen;
  if (chosen) row.detail.replaceChildren(...details(observation, threshold, own, finding));
}

/** @param {string} observation @param {number} threshold */
function inWords(observation, threshold) {
  const measured = measuredAt(currentCard(), observation, threshold);
  if (measured === null) return twoDigits(threshold);
  return `${twoDigits(threshold)}: sensitivity ${figure(measured.sensitivity)}, specificity ${figure(measured.specificity)}`;
}

/** @param {string} observation @param {number} threshold @param {number} own @param {Finding} finding */
function details(observation, threshold, own, finding) {
  const measured = measuredAt(currentCard(), observation, threshold);
  const evaluation = currentCard()?.evaluation ?? null;
  const patients = counted(evaluation?.patients ?? 0, "test patient");
  /** @param {string} name @param {string} value */
  const pair = (name, value) => make("div", {}, make("dt", {}, name), make("dd", {}, value));
  const reset = () => {
    state.thresholds.delete(observation);
    update();
  };
  return [
    make(
      "dl",
      {},
      pair(threshold === own ? "Operating point" : "Your threshold", twoDigits(threshold)),
      pair("Sensitivity", figure(measured?.sensitivity)),
      pair("Specificity", figure(measured?.specificity)),
    ),
    make("p", {}, measured === null ? "Not measured for this observation." : `Measured on ${patients}.`),
    unseen(observation) ? make("p", {}, "The model learned from no film with it.") : null,
    finding.map === null ? make("p", {}, "Heat map: no region stands out.") : null,
    threshold === own
      ? null
      : make("button", { type: "button", onclick: reset }, `Back to the model's ${twoDigits(own)}`),
  ].filter((part) => part !== null);
}

/** Whether no film that the model learned from had it, so that its probability says little. @param {string} observation */
function unseen(observation) {
  const card = currentCard();
  return card !== null && !card.trainedOn.prevalence[labelPlace(card, observation)];
}

function draw() {
  list.classList.toggle("refused", state.film?.status === "refused");
  list.classList.toggle("reading-now", state.film?.status === "reading");
  list.ariaBusy = String(state.film?.status === "reading");
  const findings = sortedFindings();
  // Without rows that take the focus, the list takes it itself, so that keys scroll it.
  list.tabIndex = findings.length > 0 ? -1 : 0;
  const card = currentCard();
  const labels = card?.labels ?? [];
  const order = findings.length > 0 ? findings.map((finding) => finding.observation) : labels;
  for (const observation of order) if (!rows.has(observation)) rows.set(observation, makeRow(observation));
  const items = order.map((observation) => rows.get(observation)?.item);
  if (items.some((item, place) => item !== list.children[place])) {
    const focused = document.activeElement;
    list.replaceChildren(...items.filter((item) => item !== undefined));
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
  }
  for (const observation of order) {
    const finding = findings.find((one) => one.observation === observation);
    const own = finding?.threshold ?? card?.thresholds[labelPlace(card, observation)] ?? 0.5;
    fillRow(observation, own, finding);
  }
}

export function startFindings() {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    chooseNext(step);
  });
  watch(draw);
}
