import { draw } from "./svg.js";
import { duration } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView} RunView */
/** @typedef {RunView["states"][number]} State */

const BOX = { width: 140, height: 32 };
const STEP = { x: 156, y: 52 };

/** @param {State} state */
const corner = ({ row, column }) => ({ x: 8 + column * STEP.x, y: 6 + row * STEP.y });

/**
 * Seconds that a state took, or has taken by then; null before it began. Of a run that was taken up again, what was begun
 * since, where something was.
 * @param {State} state @param {Pick<RunView, "at" | "since">} view
 */
export function secondsOf({ members, status }, { at, since }) {
  const begun = members.filter(({ startedAt }) => startedAt !== null);
  const fresh = begun.filter(({ startedAt }) => since === null || String(startedAt) >= since);
  const counted = fresh.length > 0 || status === "running" ? fresh : begun;
  if (counted.length === 0) return null;
  const starts = counted.map(({ startedAt }) => Date.parse(String(startedAt)));
  const ends = counted.flatMap(({ endedAt }) => (endedAt ? [Date.parse(endedAt)] : []));
  const end = status === "running" ? Date.parse(at) : Math.max(...ends, ...starts);
  return (end - Math.min(...starts)) / 1000;
}

/** How many times the state's members were begun again. @param {State} state */
export const retriesOf = ({ members }) => members.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0);

/** What is told of a state besides its name: never by colour alone. @param {State} state @param {RunView} view */
function caption(state, view) {
  const { status, step, members } = state;
  if (step === null) return status;
  const seconds = secondsOf(state, view);
  const earlier = members.length > 0 && members.every((member) => member.earlier);
  return [
    earlier ? "done before" : status,
    members.length > 1 ? `${members.filter((m) => m.status === "done").length}/${members.length}` : "",
    seconds === null || status === "pending" || status === "skipped" ? "" : duration(seconds),
    retriesOf(state) > 0 ? `↻${retriesOf(state)}` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** @param {State} from @param {State} to */
function path(from, to) {
  const [a, b] = [corner(from), corner(to)];
  const [x1, x2] = [a.x + BOX.width / 2, b.x + BOX.width / 2];
  const [y1, y2] = [a.y + BOX.height, b.y];
  return x1 === x2 ? `M${x1} ${y1} V${y2}` : `M${x1} ${y1} V${y1 + 8} H${x2} V${y2}`;
}

/** @param {State} state @param {(state: string) => void} onSelect */
function stateBox(state, onSelect) {
  const { x, y } = corner(state);
  const told = draw("text", { x: x + BOX.width / 2, y: y + 26, class: "caption" });
  const pressed = state.step === null ? { role: "img" } : { role: "button", tabindex: 0 };
  const group = draw(
    "g",
    { ...pressed, "data-state": state.state },
    draw("rect", { x, y, ...BOX, rx: state.step === null ? 16 : 4 }),
    draw("text", { x: x + BOX.width / 2, y: y + 13, class: "name" }, state.state),
    // For whoever hears both.
    " ",
    told,
  );
  if (state.step !== null) {
    group.addEventListener("click", () => onSelect(state.state));
    group.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      if (key !== "Enter" && key !== " ") return;
      event.preventDefault();
      onSelect(state.state);
    });
  }
  return {
    group,
    /** @param {State} now @param {string | null} selected @param {RunView} view */
    update(now, selected, view) {
      const text = caption(now, view);
      const isSelected = now.state === selected;
      group.setAttribute("class", `state ${now.status}${isSelected ? " selected" : ""}`);
      const again = retriesOf(now);
      // The sign alone says nothing to whoever hears it.
      const heard = again > 0 ? `, begun again ${again === 1 ? "once" : `${again} times`}` : "";
      group.setAttribute("aria-label", `${now.state} ${text}${heard}`);
      if (now.step !== null) group.setAttribute("aria-pressed", String(isSelected));
      if (told.textContent !== text) told.textContent = text;
    },
  };
}

/**
 * The state machine, drawn once and kept as it stands. A press on a state selects it.
 * @param {Pick<RunView, "states" | "edges">} view @param {(state: string) => void} onSelect
 */
export function graph({ states, edges }, onSelect) {
  const byName = new Map(states.map((state) => [state.state, state]));
  const boxes = new Map(states.map((state) => [state.state, stateBox(state, onSelect)]));
  const lines = edges.map(({ from, to }) =>
    draw("path", { d: path(/** @type {State} */ (byName.get(from)), /** @type {State} */ (byName.get(to))) }),
  );
  const ways = draw("g", {}, ...lines);
  const width = Math.max(...states.map((state) => corner(state).x)) + BOX.width + 8;
  const height = Math.max(...states.map((state) => corner(state).y)) + BOX.height + 8;
  const element = draw(
    "svg",
    { class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "State machine" },
    ways,
    ...[...boxes.values()].map(({ group }) => group),
  );
  return {
    element,
    /** @param {RunView} view @param {string | null} selected */
    update(view, selected) {
      for (const [i, { kind, taken }] of view.edges.entries()) {
        const line = /** @type {SVGElement} */ (lines[i]);
        const drawn = `edge ${kind}${taken ? " taken" : ""}`;
        if (line.getAttribute("class") === drawn) continue;
        line.setAttribute("class", drawn);
        // Over those that were not.
        if (taken) ways.append(line);
      }
      for (const state of view.states) boxes.get(state.state)?.update(state, selected, view);
    },
  };
}
