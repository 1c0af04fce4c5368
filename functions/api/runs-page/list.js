import { make } from "../page/dom.js";
import { keeper } from "./keep.js";
import { matches } from "./matches.js";
import { auroc, duration, moment } from "./text.js";

/** @typedef {import("../../../lib/runs/list-runs.ts").RunList} RunList */
/** @typedef {import("../../../lib/runs/list-runs.ts").RunSummary} RunSummary */

/** Runs side by side at most (functions/api/routes/runs.ts). */
const MOST = 12;

/** Columns; `by` is what one sorts by, the largest first where it is a number. @type {readonly { head: string, by?: keyof RunSummary }[]} */
const COLUMNS = [
  { head: "Compare" },
  { head: "Run", by: "run" },
  { head: "Status", by: "status" },
  { head: "Made (UTC)", by: "createdAt" },
  { head: "Time", by: "seconds" },
  { head: "Network", by: "network" },
  { head: "Data set", by: "fingerprint" },
  { head: "Mean AUROC (95 %)", by: "meanAuroc" },
];

/** @typedef {{ by: keyof RunSummary, down: boolean }} Order */
/** @type {Order} */
const NEWEST = { by: "createdAt", down: true };

/** What has no value comes last either way. @param {readonly RunSummary[]} runs @param {Order} order */
export const sorted = (runs, { by, down }) =>
  runs.toSorted((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
  });

/** The list of runs: search, order, and some to compare. The first two stay in the address, for a way back. */
export function listPage() {
  /** @type {Set<string>} */
  const chosen = new Set();
  /** @type {RunList} */
  let list = { runs: [], unreadable: [] };
  const asked = new URLSearchParams(location.search);
  const known = COLUMNS.find(({ by }) => by !== undefined && by === asked.get("by"))?.by;
  let order = known ? { by: known, down: asked.get("down") === "1" } : NEWEST;
  const put = keeper();
  const search = make("input", {
    type: "search",
    placeholder: "name, status, network, data set",
    "aria-label": "Search",
    value: asked.get("search") ?? "",
  });
  const compare = make("button", { type: "button", class: "primary", disabled: true }, "Compare");
  const clear = make("button", { type: "button", hidden: true }, "Choose none");
  const [body, headRow] = [make("tbody"), make("tr")];
  const count = make("p", { class: "quiet", role: "status" });
  const unreadable = make("ul", { class: "failures" });

  compare.addEventListener("click", () => {
    location.assign(`/runs?compare=${[...chosen].join(",")}`);
  });
  clear.addEventListener("click", () => {
    chosen.clear();
    for (const box of body.querySelectorAll("input")) box.checked = false;
    tellChosen();
    search.focus();
  });
  search.addEventListener("input", change);

  function tellChosen() {
    const { size } = chosen;
    compare.disabled = size < 2 || size > MOST;
    compare.textContent =
      size > MOST ? `Compare ${MOST} at most, not ${size}` : size > 1 ? `Compare ${size} runs` : "Compare";
    clear.hidden = size === 0;
  }

  function change() {
    const address = new URLSearchParams();
    if (search.value !== "") address.set("search", search.value);
    if (order !== NEWEST) address.set("by", order.by);
    if (order !== NEWEST && order.down) address.set("down", "1");
    history.replaceState(null, "", `/runs${address.size > 0 ? `?${address}` : ""}`);
    show();
  }

  /** @param {RunSummary} summary */
  function row({ run, status, at, failure, createdAt, seconds, network, fingerprint, meanAuroc, meanAurocInterval }) {
    const box = make("input", {
      type: "checkbox",
      id: `compare-${run}`,
      "aria-label": `Compare ${run}`,
      checked: chosen.has(run),
    });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(run);
      else chosen.delete(run);
      tellChosen();
    });
    return make(
      "tr",
      {},
      make("td", {}, box),
      make("th", { scope: "row" }, make("a", { id: `open-${run}`, href: `/runs/${run}` }, run)),
      make(
        "td",
        {},
        make("span", { class: `badge ${status}` }, at === null ? status : `${status} at ${at}`),
        failure === null ? null : make("p", { class: "why", title: failure }, failure),
      ),
      make("td", {}, moment(createdAt)),
      make("td", {}, duration(seconds)),
      make("td", {}, network),
      make("td", {}, make("code", { title: fingerprint }, fingerprint.slice(0, 8))),
      make("td", {}, auroc(meanAuroc, meanAurocInterval)),
    );
  }

  const heads = COLUMNS.map(({ head, by }) => {
    if (by === undefined) return make("th", { scope: "col" }, head);
    const button = make("button", { type: "button", class: "sort" }, head);
    const cell = make("th", { scope: "col" }, button);
    button.addEventListener("click", () => {
      const isNumber = by === "seconds" || by === "meanAuroc" || by === "createdAt";
      order = { by, down: order.by === by ? !order.down : isNumber };
      change();
    });
    return cell;
  });
  headRow.append(...heads);

  function show() {
    const found = sorted(
      list.runs.filter((run) => matches(run, search.value)),
      order,
    );
    for (const [i, { by }] of COLUMNS.entries()) {
      if (by === order.by) heads[i]?.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else heads[i]?.removeAttribute("aria-sort");
    }
    const focused = document.activeElement?.id;
    put(body, found, () => found.map(row));
    if (focused) document.getElementById(focused)?.focus();
    count.textContent =
      list.runs.length === 0 ? "No run in this store yet." : `${found.length} of ${list.runs.length} runs`;
    const damaged = list.runs.flatMap(({ run, unreadable: documents }) =>
      documents.map((message) => ({ run, message })),
    );
    put(unreadable, [damaged, list.unreadable], () =>
      [...list.unreadable, ...damaged].map(({ run, message }) => make("li", {}, `${run}: ${message}`)),
    );
  }

  const element = make(
    "section",
    { "aria-label": "Runs" },
    make("div", { class: "tools" }, search, compare, clear, count),
    make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of runs" },
      make("table", { class: "list" }, make("thead", {}, headRow), body),
    ),
    unreadable,
  );
  return {
    element,
    /** @param {RunList} next */
    update(next) {
      list = next;
      for (const run of chosen) if (!next.runs.some((one) => one.run === run)) chosen.delete(run);
      tellChosen();
      show();
    },
  };
}
