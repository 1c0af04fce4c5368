import { verdictOf, verdictWord } from "./decisions.js";
import { byId, counted, make, probability, rateText, twoDigits } from "./dom.js";
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
  const order = sortedFindings().flatMap(({ observation, status }) =>
    status === "not-learned" ? [] : [String(observation)],
  );
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
  return { item, button, word, number, bar, fill, tick, detail };
}

/** What a row shows, by observation: the model's threshold, and the film's finding where there is a film. */
/** @typedef {{ observation: string, status: Finding["status"] | undefined, own: number, finding: Finding | undefined }} Shown */

/** What is said of an observation while there is no film. @type {Partial<Record<Finding["status"], string>>} */
const STATUS_WORDS = { "not-learned": "not learned", "not-claimed": "not claimed" };

/** @param {Shown} shown */
function fillRow({ observation, status, own, finding }) {
  const row = rows.get(observation);
  if (row === undefined) return;
  const learned = status !== "not-learned";
  const threshold = thresholdOf(observation, own);
  const verdict = finding && verdictOf(finding);
  const share = finding?.probability ?? null;
  const chosen = state.observation === observation && share !== null;
  row.item.classList.toggle("above", verdict === "above-threshold");
  row.item.classList.toggle("withheld", verdict === "out-of-distribution");
  row.item.classList.toggle("unlearned", !learned);
  row.item.classList.toggle("unclaimed", status === "not-claimed");
  row.item.classList.toggle("chosen", chosen);
  row.item.classList.toggle("moved", threshold !== own && verdict !== "out-of-distribution");
  row.button.disabled = share === null;
  row.button.setAttribute("aria-pressed", String(chosen && state.mapOn));
  row.word.textContent = finding === undefined ? (STATUS_WORDS[status ?? "learned"] ?? "") : verdictWord(finding);
  row.number.textContent = share === null ? "" : probability(share);
  row.bar.hidden = !learned;
  row.fill.style.width = share === null ? "" : `${share * 100}%`;
  row.tick.value = String(threshold);
  row.tick.tabIndex = chosen ? 0 : -1;
  row.tick.hidden = verdict === "out-of-distribution";
  row.tick.disabled = share === null;
  row.tick.setAttribute("aria-valuetext", inWords(observation, threshold));
  row.detail.hidden = !chosen;
  if (chosen && finding !== undefined) {
    const told = verdict === "out-of-distribution" ? WITHOUT_DECISION : figuresAt(observation, threshold, own);
    const noMap = finding.map === null ? [make("p", {}, "Heat map: no region stands out.")] : [];
    row.detail.replaceChildren(...(typeof told === "string" ? [make("p", {}, told)] : told), ...noMap);
  }
}

const WITHOUT_DECISION =
  "No decision: the film is unlike those that the model learned from. Its probability, and what was measured on test patients, may not hold for it.";

/** @param {string} observation @param {number} threshold */
function inWords(observation, threshold) {
  const measured = measuredAt(currentCard(), observation, threshold);
  if (measured === null) return twoDigits(threshold);
  const { status, sensitivity, specificity } = measured;
  return `${twoDigits(threshold)}: sensitivity ${rateText(sensitivity, status)}, specificity ${rateText(specificity, status)}`;
}

/** What was measured at a threshold. @param {string} observation @param {number} threshold @param {number} own */
function figuresAt(observation, threshold, own) {
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
      pair("Sensitivity", rateText(measured?.sensitivity, measured?.status)),
      pair("Specificity", rateText(measured?.specificity, measured?.status)),
    ),
    make("p", {}, measured === null ? "Not measured for this observation." : `Measured on ${patients}.`),
    measured?.status === "not-claimed"
      ? make("p", {}, "Not claimed: too few test films to say how well it does.")
      : null,
    threshold === own
      ? null
      : make("button", { type: "button", onclick: reset }, `Back to the model's ${twoDigits(own)}`),
  ].filter((part) => part !== null);
}

function draw() {
  list.classList.toggle("refused", state.film?.status === "refused");
  list.classList.toggle("reading-now", state.film?.status === "reading");
  list.ariaBusy = String(state.film?.status === "reading");
  const findings = sortedFindings();
  // Without rows that take the focus, the list takes it itself, so that keys scroll it.
  list.tabIndex = findings.length > 0 ? -1 : 0;
  const card = currentCard();
  /** @param {string} observation */
  const statusOf = (observation) => card?.statuses[labelPlace(card, observation)];
  const isLearned = (/** @type {string} */ observation) => statusOf(observation) !== "not-learned";
  const labels = [...(card?.labels ?? [])].sort((a, b) => Number(isLearned(b)) - Number(isLearned(a)));
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
    fillRow({ observation, status: finding?.status ?? statusOf(observation), own, finding });
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
