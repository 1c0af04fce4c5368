import { byId, counted, figure, make, rateText } from "./dom.js";
import { rate } from "./operating-point.js";
import { currentCard, state, watch } from "./state.js";

/** @typedef {import("./client.js").ModelDetails} ModelDetails */

/** @type {Record<ModelDetails["data"]["sources"][number]["kind"], string>} */
const KINDS = { phantom: "drawn by a program", public: "published data set", own: "own films" };

/** @param {ModelDetails["data"]["sources"][number]} source @returns {[string, string]} */
const sourceFact = ({ name, kind, source, licence, labeller, referenceStandard, dates }) => [
  "Films",
  [
    `${name} (${KINDS[kind]})`,
    ...(source === undefined ? [] : [source]),
    `licence: ${licence ?? "not stated"}`,
    `labels by: ${labeller ?? "not stated"}`,
    `reference standard: ${referenceStandard ?? "not stated"}`,
    `taken: ${dates ?? "not stated"}`,
  ].join("; "),
];
/** @param {ModelDetails["outOfDistribution"]} check */
function unlikeFilms(check) {
  if (check === null) return "this model can't recognise them";
  const { falseAlarms } = check;
  const wrongly = falseAlarms
    ? `; so were ${falseAlarms.beyond} of ${counted(falseAlarms.films, "test film")}, wrongly`
    : "";
  return `are recognised and given no decision${wrongly}`;
}

/** @param {ModelDetails} card @returns {[string, string][]} */
const facts = (card) => [
  ["Name", card.name],
  ["Version", card.version],
  ["Of files and settings", `SHA-256 ${card.sha256}`],
  ["Made", card.createdAt.slice(0, 10)],
  ["Network", `${card.network}, films at ${card.inputSize} × ${card.inputSize}`],
  ["Learned from", `${counted(card.trainedOn.films, "film")} of ${counted(card.trainedOn.patients, "patient")}`],
  ...card.data.sources.map(sourceFact),
  ["Networks in it", String(card.trainedOn.members)],
  ["Labels", `uncertain as ${card.labelPolicy.uncertain}, blank as ${card.labelPolicy.blank}`],
  ["Protocol", card.protocol],
  ["Operating point", card.operatingPoint],
  ["Films unlike these", unlikeFilms(card.outOfDistribution)],
  ["Data set", card.trainedOn.dataset],
  ["TensorFlow", card.tensorflow],
  ...card.files.map(({ path, sha256 }) => /** @type {[string, string]} */ ([path, `SHA-256 ${sha256}`])),
];

const HEADINGS = ["Observation", "AUROC", "Sensitivity", "Specificity", "Threshold", "Positives"];

/** What a mean AUROC is over. @param {ModelDetails} card */
function claims({ evaluation, statuses }) {
  const measured = statuses.filter((_, place) => typeof evaluation?.perObservation[place]?.auroc === "number");
  const claimed = measured.filter((status) => status === "learned").length;
  return `${counted(measured.length, "observation")}, ${claimed} of them claimed`;
}

/** @param {ModelDetails} card */
function figures(card) {
  const { evaluation } = card;
  if (evaluation === null) return make("p", {}, "This version was never evaluated.");
  const interval = evaluation.meanAurocInterval;
  const between = interval === null ? "" : ` (95 % interval ${interval.map(figure).join(" to ")})`;
  const rows = card.labels.map((label, place) => {
    const measured = evaluation.perObservation[place];
    const status = card.statuses[place];
    const cells =
      status === "not-learned"
        ? ["not learned", ...HEADINGS.slice(2).map(() => "")]
        : [
            figure(measured?.auroc),
            rateText(rate(measured?.sensitivity, measured?.positives ?? 0), status),
            rateText(rate(measured?.specificity, measured?.negatives ?? 0), status),
            figure(card.thresholds[place]),
            String(measured?.positives ?? "–"),
          ];
    const name = status === "not-claimed" ? `${label} †` : label;
    return make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell)));
  });
  const head = make("tr", {}, ...HEADINGS.map((heading) => make("th", { scope: "col" }, heading)));
  return make(
    "div",
    {},
    make("h3", {}, "How well it does"),
    make(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-label": "Figures by observation" },
      make("table", { class: "figures" }, make("thead", {}, head), make("tbody", {}, ...rows)),
    ),
    make(
      "p",
      { class: "caption" },
      `On ${counted(evaluation.films, "film")} of ${counted(evaluation.patients, "test patient")}, none of whom it learned from: ` +
        `mean AUROC ${figure(evaluation.meanAuroc)}${between}, over ${claims(card)}. A dash: not defined, for want of positives or negatives. ` +
        "Sensitivity and specificity are at the threshold. † Not claimed: too few test films with or without it, which are " +
        "counted. Not learned: no positive or no negative of it among the training films. Not for clinical use.",
    ),
  );
}

/** @param {string} heading @param {string[]} lines */
const points = (heading, lines) =>
  lines.length === 0 ? [] : [make("h3", {}, heading), make("ul", {}, ...lines.map((line) => make("li", {}, line)))];

/** @param {ModelDetails} card */
const stated = (card) => card.statements.flatMap(({ item, text }) => (text === null ? [] : [`${item}: ${text}`]));

/** @param {ModelDetails} card */
const unstated = (card) => card.statements.flatMap(({ item, text }) => (text === null ? [item] : []));

/** The run's own pages, where this service shows runs. @param {ModelDetails} card @param {boolean} shown */
function pagesOf({ trainedOn: { run } }, shown) {
  if (!shown) return null;
  const link = (/** @type {string} */ text, /** @type {string} */ file) =>
    make("a", { href: `runs/${run}${file}` }, text);
  const links = [link("Report", "/report.html"), ", ", link("model card", "/model-card.html"), ", ", link("run", "")];
  return make("p", { class: "caption" }, ...links);
}

/** @param {ModelDetails} card @param {boolean} runs whether this service shows runs */
const draw = (card, runs) =>
  byId("model-card", HTMLElement).replaceChildren(
    pagesOf(card, runs) ?? "",
    make(
      "dl",
      { class: "facts" },
      ...facts(card).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
    ),
    figures(card),
    ...points("What it is for", card.intendedUse),
    ...points("What it can't do", card.limits),
    ...points("What its makers say", stated(card)),
    ...points("Not stated by who made this model", unstated(card)),
  );

const SHORT_HASH = 12;

/** Which model, so that it can be found again. @param {{ name: string, version: string }} model @param {ModelDetails | null} card */
function identity({ name, version }, card) {
  const graph = card?.files.find(({ path }) => path.endsWith(".pb"));
  if (graph === undefined) return [`Model ${name}, version ${version}`];
  const short = graph.sha256.slice(0, SHORT_HASH);
  return [`Model ${name}, version ${version}, graph `, make("span", { title: `SHA-256 ${graph.sha256}` }, short)];
}

export function startModelCard() {
  const dialog = byId("model-dialog", HTMLDialogElement);
  byId("show-model", HTMLButtonElement).addEventListener("click", () => dialog.showModal());
  /** @type {ModelDetails | null} */
  let drawn = null;
  let linked = false;
  watch(() => {
    const card = currentCard();
    const model = state.film?.prediction?.model ?? card;
    const caution = byId("caution", HTMLElement);
    caution.hidden = card === null || card.data.caution === null;
    caution.textContent = card?.data.caution ?? "";
    byId("model", HTMLElement).replaceChildren(...(model === null ? [] : identity(model, card)));
    const { runs } = state.offers;
    if (card !== null && (card !== drawn || runs !== linked)) draw(card, runs);
    [drawn, linked] = [card, runs];
  });
}
