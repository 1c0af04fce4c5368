import { make } from "../page/dom.js";
import { COLUMNS } from "./columns.js";
import { keeper } from "./keep.js";
import { auroc, claimed, duration, moment, statusText } from "./text.js";

/** @typedef {import("../../../lib/runs/list-runs.ts").RunSummary} RunSummary */

/**
 * A line of the list, whose cells change one by one.
 * @param {string} run @param {(chosen: boolean) => void} onChoose
 */
export function runRow(run, onChoose) {
  const box = make("input", { type: "checkbox", "aria-label": `Compare ${run}` });
  box.addEventListener("change", () => onChoose(box.checked));
  const cells = COLUMNS.slice(2).map(() => make("td"));
  const name = make("th", { scope: "row" }, make("a", { href: `/runs/${run}` }, run));
  const putCell = keeper();
  return {
    element: make("tr", {}, make("td", {}, box), name, ...cells),
    /** @param {RunSummary} summary @param {boolean} chosen */
    update(summary, chosen) {
      const { status, at, failure, createdAt, seconds, network, fingerprint, caution } = summary;
      const { meanAuroc, meanAurocInterval, claims } = summary;
      summary;
      box.checked = chosen;
      /** @type {[unknown, () => (Node | string | null)[]][]} */
      const contents = [
        [
          [status, at, failure],
          () => [
            make(
              "span",
              { class: `badge ${status}` },
              at === null ? statusText(status) : `${statusText(status)} at ${at}`,
            ),
            failure === null ? null : make("p", { class: "why", title: failure }, failure),
          ],
        ],
        [createdAt, () => [moment(createdAt)]],
        [duration(seconds), () => [duration(seconds)]],
        [network, () => [network]],
        [fingerprint, () => [make("code", { title: fingerprint }, fingerprint.slice(0, 8))]],
        [
          [meanAuroc, meanAurocInterval, claims, caution],
          () => [
            auroc(meanAuroc, meanAurocInterval),
            meanAuroc === null ? null : make("p", { class: "quiet" }, claimed(claims)),
            caution === null ? null : make("p", { class: "why", title: caution }, caution),
          ],
        ],
      ];
      for (const [i, [content, draw]] of contents.entries()) {
        const cell = cells[i];
        if (cell) putCell(cell, content, draw);
      }
    },
  };
}
