import { make } from "../page/dom.js";
import { COLUMNS, NEWEST, sorted } from "./columns.js";
import { keeper } from "./keep.js";
import { matches } from "./matches.js";
import { runRow } from "./run-row.js";

/** @typedef {import("../../../lib/runs/list-runs.ts").RunList} RunList */
/** @typedef {import("../../../lib/runs/list-runs.ts").RunSummary} RunSummary */

/** Runs side by side at most (functions/api/routes/runs.ts). */
const MOST = 12;

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
    tellChosen();
    show();
    search.focus();
  });
  search.addEventListener("input", change);

  /** @param {string} run @param {boolean} isChosen */
  function choose(run, isChosen) {
    if (isChosen) chosen.add(run);
    else chosen.delete(run);
    tellChosen();
  }

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

  /** @type {Map<string, ReturnType<typeof runRow>>} */
  const rows = new Map();

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
    for (const summary of found) {
      const { run } = summary;
      const row = rows.get(run) ?? runRow(run, (isChosen) => choose(run, isChosen));
      rows.set(run, row);
      row.update(summary, chosen.has(run));
    }
    const names = found.map(({ run }) => run);
    const focused = document.activeElement;
    put(body, names, () => names.map((name) => rows.get(name)?.element ?? null));
    if (focused instanceof HTMLElement && body.contains(focused)) focused.focus();
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
