import { make } from "../page/dom.js";
import { auroc, duration, moment } from "./text.js";

/** @typedef {import("../../../lib/runs/list-runs.ts").RunList} RunList */
/** @typedef {import("../../../lib/runs/list-runs.ts").RunSummary} RunSummary */

/** What the search looks through. @param {RunSummary} run */
const textOf = ({ run, description, status, network, fingerprint, at }) =>
  [run, description, status, network, fingerprint, at].join(" ").toLowerCase();

/** Whether a run has every word. @param {RunSummary} run @param {string} search */
export const matches = (run, search) =>
  search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => textOf(run).includes(word));

/** The list of runs: search, and some to compare. */
export function listPage() {
  /** @type {Set<string>} */
  const chosen = new Set();
  /** @type {RunList} */
  let list = { runs: [], unreadable: [] };
  let drawn = "";
  const search = make("input", {
    type: "search",
    placeholder: "name, status, network, data set",
    "aria-label": "Search",
  });
  const compare = make("button", { type: "button", class: "primary", disabled: true }, "Compare");
  const body = make("tbody");
  const count = make("p", { class: "quiet", role: "status" });
  const unreadable = make("ul", { class: "failures" });

  compare.addEventListener("click", () => {
    location.assign(`/runs?compare=${[...chosen].join(",")}`);
  });
  search.addEventListener("input", show);

  /** @param {RunSummary} summary */
  function row({ run, status, at, createdAt, seconds, network, meanAuroc, meanAurocInterval }) {
    const box = make("input", {
      type: "checkbox",
      id: `compare-${run}`,
      "aria-label": `Compare ${run}`,
      checked: chosen.has(run),
    });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(run);
      else chosen.delete(run);
      compare.disabled = chosen.size < 2;
    });
    return make(
      "tr",
      {},
      make("td", {}, box),
      make("th", { scope: "row" }, make("a", { id: `open-${run}`, href: `/runs/${run}` }, run)),
      make("td", {}, make("span", { class: `badge ${status}` }, at === null ? status : `${status} at ${at}`)),
      make("td", {}, moment(createdAt)),
      make("td", { class: "number" }, duration(seconds)),
      make("td", {}, network),
      make("td", { class: "number" }, auroc(meanAuroc, meanAurocInterval)),
    );
  }

  function show() {
    const found = list.runs.filter((run) => matches(run, search.value.trim()));
    const focused = document.activeElement?.id;
    body.replaceChildren(...found.map(row));
    if (focused) document.getElementById(focused)?.focus();
    count.textContent =
      list.runs.length === 0 ? "No run in this store yet." : `${found.length} of ${list.runs.length} runs`;
    unreadable.replaceChildren(...list.unreadable.map(({ run, message }) => make("li", {}, `${run}: ${message}`)));
  }

  const heads = ["Compare", "Run", "Status", "Made (UTC)", "Time", "Network", "Mean AUROC (95 %)"];
  const element = make(
    "section",
    { "aria-label": "Runs" },
    make("div", { class: "tools" }, search, compare, count),
    make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of runs" },
      make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", {}, head)))), body),
    ),
    unreadable,
  );
  return {
    element,
    /** @param {RunList} next */
    update(next) {
      if (drawn === JSON.stringify(next)) return;
      drawn = JSON.stringify(next);
      list = next;
      show();
    },
  };
}
