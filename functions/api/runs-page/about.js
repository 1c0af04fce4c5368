import { counted, make } from "../page/dom.js";
import { facts } from "./facts.js";
import { auroc, claimed, moment, STILL, shellWord, shown } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView} RunView */

/** Whether the run was taken up again. @param {RunView} view */
export const isAgain = ({ states }) => states.some(({ members }) => members.some(({ earlier }) => earlier));

/** What the gate decided, and what stood against it. @param {NonNullable<RunView["decision"]>} decision */
function gate({ decision, checks }) {
  const failed = checks.filter(({ passed }) => !passed);
  const told = `${decision}: ${checks.length - failed.length} of ${checks.length} checks passed`;
  return make("div", {}, told, ...failed.map(({ rule, detail }) => make("p", { class: "why" }, `${rule}: ${detail}`)));
}

/** What the run is and what it left. @param {RunView} view */
export function about(view) {
  const { run, files, rows, labels, fingerprint, caution, config, model, members, decision } = view;
  const isStill = document.getElementById(STILL) !== null;
  const link = (/** @type {string} */ file) => make("a", { href: isStill ? file : `/runs/${run}/${file}` }, file);
  const byReason = (/** @type {Readonly<Record<string, number>>} */ counts) =>
    Object.entries(counts)
      .map(([reason, count]) => `${shown(count)} ${reason}`)
      .join(", ") || null;
  const { length: seeds } = config.training.seeds;
  return facts([
    ["Made", `${moment(view.createdAt)} UTC`],
    ["Taken up again", isAgain(view) && view.since !== null ? `${moment(view.since)} UTC` : null],
    ["Network", `${config.model.network}, ${config.geometry.size} pixels, ${counted(seeds, "member")}`],
    ["Data set", make("code", {}, fingerprint)],
    ["Caution", caution],
    [
      "Rows",
      rows.read === null ? null : `${shown(rows.read)} read${rows.used === null ? "" : `, ${shown(rows.used)} used`}`,
    ],
    ["Labels", labels && `${shown(labels.all)}, ${shown(labels.notLabelled)} of them not labelled`],
    ["Left out", byReason(rows.leftOut)],
    ["Set aside", byReason(rows.setAside)],
    ["Used with a warning", byReason(rows.warnings)],
    ["Gate", decision && gate(decision)],
    ["Model", model],
    ["Report", files.report ? link("report.html") : null],
    ["Model card", files.card ? link(isStill ? "model-card.json" : "model-card.html") : null],
    ["TensorBoard", files.tensorboard ? make("code", {}, `tensorboard --logdir ${shellWord(members)}`) : null],
  ]);
}

/** @param {NonNullable<RunView["figures"]>} figures */
export function figureTable({ meanAuroc, meanAurocInterval, perObservation, evaluatedOn, claims }) {
  const row = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ positives) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value), make("td", {}, positives));
  const told =
    `AUROC on ${counted(evaluatedOn.rows, "film")} of ${counted(evaluatedOn.patients, "test patient")}, with 95 % intervals in ` +
    "which a patient's films count together. † not claimed: too few test films with or without it.";
  return make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures" },
    make(
      "table",
      {},
      make("caption", {}, told),
      make("thead", {}, make("tr", {}, ...["", "AUROC (95 %)", "Positives"].map((head) => make("th", {}, head)))),
      make(
        "tbody",
        {},
        row(`Mean (${claimed(claims)})`, auroc(meanAuroc, meanAurocInterval), ""),
        ...Object.entries(perObservation).map(([name, { auroc: value, aurocInterval, positives, mayClaim }]) =>
          row(value === null || mayClaim ? name : `${name} †`, auroc(value, aurocInterval), String(positives)),
        ),
      ),
    ),
  );
}
