import { make } from "../page/dom.js";
import { curves } from "./curves.js";
import { auroc, duration, shown } from "./text.js";

/** @typedef {import("../../../lib/runs/compare-runs.ts").Comparison} Comparison */

/**
 * @param {string} caption
 * @param {Comparison["runs"]} runs
 * @param {readonly { name: string, values: readonly string[] }[]} rows
 */
const table = (caption, runs, rows) =>
  make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          make("td"),
          ...runs.map(({ run }) => make("th", { scope: "col" }, make("a", { href: `/runs/${run}` }, run))),
        ),
      ),
      make(
        "tbody",
        {},
        ...rows.map(({ name, values }) =>
          make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, value))),
        ),
      ),
    ),
  );

/** Runs side by side. */
export function comparePage() {
  const element = make("article");
  let drawn = "";
  return {
    element,
    /** @param {Comparison} comparison */
    update(comparison) {
      const text = JSON.stringify(comparison);
      if (text === drawn) return;
      drawn = text;
      const { runs, data, sameData, config, figures, histories } = comparison;
      const dash = (/** @type {unknown} */ value) => (value === null ? "–" : shown(value));
      element.replaceChildren(
        make("h2", {}, `${runs.length} runs side by side`),
        sameData
          ? ""
          : make("p", { class: "failure" }, "The runs have different data: their figures are not of the same films."),
        curves(histories.map(({ run, history }) => ({ label: `${run}, member ${history.member}`, history }))),
        table(
          "AUROC on each run's test patients, with 95 % intervals",
          runs,
          figures.map(({ figure, values }) => ({
            name: figure,
            values: values.map((measured) => auroc(measured?.value, measured?.interval)),
          })),
        ),
        config.length === 0
          ? make("p", {}, "No setting differs.")
          : table(
              "Settings that differ",
              runs,
              config.map(({ setting, values }) => ({ name: setting, values: values.map(dash) })),
            ),
        table("Data and course", runs, [
          { name: "status", values: runs.map(({ status }) => status) },
          { name: "time", values: runs.map(({ seconds }) => duration(seconds)) },
          ...data.map(({ fact, values }) => ({
            name: fact,
            // The start of a hash tells it apart; the run's own page has all of it.
            values: values.map((value) => (fact === "fingerprint" ? `${String(value).slice(0, 16)}…` : dash(value))),
          })),
        ]),
      );
    },
  };
}
