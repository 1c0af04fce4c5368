import { counted, make } from "../page/dom.js";
import { facts } from "./facts.js";
import { keeper } from "./keep.js";
import { bar, progressText, summaryOf } from "./progress.js";
import { clock, duration } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView["states"][number]} State */
/** @typedef {State["members"][number]} Member */

/** What ended badly first, then what is at work. @type {readonly Member["status"][]} */
const ORDER = ["failed", "stopped", "running"];

/** @param {string} status */
const badge = (status) => make("span", { class: `badge ${status}` }, status);

/** @param {Member} member @param {string} at */
function timeOf({ startedAt, endedAt, status }, at) {
  if (startedAt === null || status === "pending") return "";
  const end = endedAt ?? (status === "running" ? at : null);
  return end === null ? "" : duration((Date.parse(end) - Date.parse(startedAt)) / 1000);
}

/** When it began and ended, by the clock of the machine that did it. @param {Member} member @param {string} at */
function spanOf({ startedAt, endedAt, status }, at) {
  if (startedAt === null || status === "pending") return "";
  const start = clock(startedAt, at);
  return endedAt === null ? `since ${start} UTC` : `${start} to ${clock(endedAt, at)} UTC`;
}

/** @param {Member} member */
function failureOf({ failure, status }) {
  if (failure === null) return null;
  const text = `${failure.message} (${failure.code}, exit code ${failure.exitCode})`;
  const isNow = status === "failed" || status === "stopped";
  return make("p", { class: status === "failed" ? "failure" : "note" }, isNow ? text : `The attempt before: ${text}`);
}

function memberLog() {
  const [summary, lines] = [make("summary"), make("pre", { tabindex: 0 })];
  const element = make("details", {}, summary, lines);
  const put = keeper();
  return {
    element,
    /** @param {Member["log"]} log */
    update(log) {
      element.hidden = log.length === 0;
      put(summary, log.length, () => [`Log, ${counted(log.length, "line")}`]);
      const atEnd = lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 4;
      put(lines, log, () => [log.map(({ at, level, message }) => `${at} ${level} ${message}`).join("\n")]);
      if (atEnd) lines.scrollTop = lines.scrollHeight;
    },
  };
}

/** A state that is one job or function. */
function single() {
  const [status, failure, progress, summary] = [make("p"), make("div"), make("div"), make("div")];
  const log = memberLog();
  const put = keeper();
  return {
    element: make("div", {}, status, failure, progress, summary, log.element),
    /** @param {State} state @param {string} at */
    update({ members: [member] }, at) {
      if (!member) return;
      const told = [
        timeOf(member, at),
        spanOf(member, at),
        member.starts > 1 ? `begun ${member.starts} times` : "",
        member.earlier ? "done before the run was taken up again, and skipped since" : "",
      ];
      const text = told.filter((part) => part !== "").join(", ");
      put(status, [member.status, text], () => [badge(member.status), ` ${text}`]);
      put(failure, [member.failure, member.status], () => [failureOf(member)]);
      const isUnderWay = member.status !== "done" && member.progress !== null;
      put(progress, isUnderWay && [member.progress, member.status], () =>
        member.progress && isUnderWay ? [bar(member.progress, member.status === "running")] : [],
      );
      const known = summaryOf(member.summary);
      put(summary, known, () => (known.length > 0 ? [facts(known)] : []));
      log.update(member.log);
    },
  };
}

function memberRow(/** @type {number} */ index) {
  const [status, time, starts, told] = [make("td"), make("td"), make("td"), make("td", { class: "wide" })];
  const [what, log] = [make("div"), memberLog()];
  told.append(what, log.element);
  const put = keeper();
  return {
    element: make("tr", {}, make("th", { scope: "row" }, String(index)), status, time, starts, told),
    /** @param {Member} member @param {string} at */
    update(member, at) {
      put(status, member.status, () => [badge(member.earlier ? "done before" : member.status)]);
      put(time, [timeOf(member, at), spanOf(member, at)], () => [
        make("span", { title: spanOf(member, at) }, timeOf(member, at)),
      ]);
      put(starts, member.starts, () => [member.starts === 0 ? "" : String(member.starts)]);
      const isDone = member.status === "done";
      const text = isDone
        ? summaryOf(member.summary)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ")
        : member.progress && progressText(member.progress, member.status === "running");
      put(what, [text, member.failure, member.status], () => [failureOf(member), text && make("p", {}, text)]);
      log.update(member.log);
    },
  };
}

/** A state that is an array of jobs. @param {number} size */
function several(size) {
  const rows = Array.from({ length: size }, (_, index) => memberRow(index));
  const [count, body] = [make("p"), make("tbody")];
  const heads = ["Member", "Status", "Time", "Begun", ""];
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", {}, head)))),
    body,
  );
  const put = keeper();
  return {
    element: make(
      "div",
      {},
      count,
      make("div", { class: "scroll members", tabindex: 0, role: "region", "aria-label": "Members" }, table),
    ),
    /** @param {State} state @param {string} at */
    update({ members }, at) {
      const rank = (/** @type {Member} */ { status }) =>
        (ORDER.indexOf(status) + ORDER.length + 1) % (ORDER.length + 1);
      const order = members.toSorted((a, b) => rank(a) - rank(b) || a.index - b.index).map(({ index }) => index);
      put(body, order, () => order.map((index) => rows[index]?.element ?? null));
      for (const member of members) rows[member.index]?.update(member, at);
      const statuses = /** @type {const} */ (["done", "running", "failed", "stopped", "pending"]);
      const counts = statuses.flatMap((status) => {
        const found = members.filter((member) => member.status === status).length;
        return found === 0 ? [] : [`${found} ${status}`];
      });
      put(count, counts, () => [`${members.length} members: ${counts.join(", ")}.`]);
    },
  };
}

/** What is known of one state and its members. */
export function stateDetails() {
  const element = make("section", { class: "details", "aria-label": "State" });
  let shape = "";
  /** @type {{ update: (state: State, at: string) => void } | null} */
  let members = null;
  return {
    element,
    /** @param {State | undefined} state @param {string} at */
    update(state, at) {
      const next = JSON.stringify(
        state && [state.state, state.members.length, state.members.length === 0 && state.status],
      );
      if (next !== shape) {
        shape = next;
        const kind =
          state && state.members.length > 0 && (state.members.length > 1 ? several(state.members.length) : single());
        members = kind || null;
        element.replaceChildren(
          ...(state === undefined
            ? [make("p", { class: "quiet" }, "Choose a state.")]
            : [make("h3", {}, state.state), kind ? kind.element : make("p", {}, badge(state.status))]),
        );
      }
      if (state) members?.update(state, at);
    },
  };
}
