import { make } from "../page/dom.js";
import { curves } from "./curves.js";
import { keeper } from "./keep.js";
import { auroc, duration, shown, statusText } from "./text.js";

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
      { class: "compared" },
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
  const [head, tables] = [make("div"), make("div")];
  const courses = curves();
  const put = keeper();
  return {
    element: make("article", {}, head, courses.element, tables),
    /** @param {Comparison} comparison */
    update(comparison) {
      const { runs, data, cautions, caveats, gains, config, figures, histories } = comparison;
      const names = runs.map(({ run }) => run);
      const dash = (/** @type {unknown} */ value) => (value === null ? "–" : shown(value));
      document.title = `${names.length} runs side by side`;
      put(head, [names, cautions, caveats], () => [
        make("h2", {}, `${names.length} runs side by side`),
        ...cautions.map(({ runs: of, caution }) => make("p", { class: "failure" }, `${of.join(", ")}: ${caution}`)),
        ...caveats.map((caveat) => make("p", { class: "failure" }, caveat)),
      ]);
      courses.update(
        histories.map(({ run, history }) => ({
          label: `${run}, member ${history.member}`,
          group: names.indexOf(run),
          history,
        })),
      );
      courses.element.hidden = histories.length === 0;
      put(tables, [runs, figures, gains, config, data], () => [
        table(
          "AUROC on each run's test patients, with 95 % intervals. † not claimed: too few test films.",
          runs,
          figures.map(({ figure, values }) => ({
            name: figure,
            values: values.map((measured) =>
              measured?.mayClaim === false && measured.value !== null
                ? `${auroc(measured.value, measured.interval)} †`
                : auroc(measured?.value, measured?.interval),
            ),
          })),
        ),
        gains.length === 0
          ? null
          : table(
              `How much more than ${names[0]} on the same test films: difference of AUROC, with 95 % intervals`,
              runs.slice(1),
              gains.map(({ figure, values }) => ({
                name: figure,
                values: values.slice(1).map((gain) => auroc(gain?.value, gain?.interval)),
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
          { name: "status", values: runs.map(({ status }) => statusText(status)) },
          { name: "time", values: runs.map(({ seconds }) => duration(seconds)) },
          ...data.map(({ fact, values }) => ({
            name: fact,
            // The start of a hash tells it apart; the run's own page has all of it.
            values: values.map((value) => (fact === "fingerprint" ? `${String(value).slice(0, 16)}…` : dash(value))),
          })),
        ]),
      ]);
    },
  };
}
