import { draw } from "./svg.js";
import { duration } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView} RunView */
/** @typedef {RunView["states"][number]} State */

const BOX = { width: 124, height: 32 };
const STEP = { x: 140, y: 52 };

/** @param {State} state */
const corner = ({ row, column }) => ({ x: 8 + column * STEP.x, y: 6 + row * STEP.y });

/** Seconds that a state took, or has taken so far; null before it began. @param {State} state */
export function secondsOf({ members, status }) {
  const starts = members.flatMap(({ startedAt }) => (startedAt ? [Date.parse(startedAt)] : []));
  if (starts.length === 0) return null;
  const ends = members.flatMap(({ endedAt }) => (endedAt ? [Date.parse(endedAt)] : []));
  const end = status === "running" ? Date.now() : Math.max(...ends, ...starts);
  return (end - Math.min(...starts)) / 1000;
}

/** How many times the state's members were begun again. @param {State} state */
export const retriesOf = ({ members }) => members.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0);

/** What is told of a state besides its name: never by colour alone. @param {State} state */
function caption(state) {
  const { status, step, members } = state;
  const seconds = secondsOf(state);
  const time = seconds === null || status === "pending" || status === "skipped" ? "" : ` ${duration(seconds)}`;
  const many = members.length > 1 ? ` ${members.filter((m) => m.status === "done").length}/${members.length}` : "";
  const retries = retriesOf(state) > 0 ? ` ↻${retriesOf(state)}` : "";
  return step === null && status !== "failed" ? status : `${status}${many}${time}${retries}`;
}

/** @param {State} from @param {State} to */
function path(from, to) {
  const [a, b] = [corner(from), corner(to)];
  const [x1, x2] = [a.x + BOX.width / 2, b.x + BOX.width / 2];
  const [y1, y2] = [a.y + BOX.height, b.y];
  return x1 === x2 ? `M${x1} ${y1} V${y2}` : `M${x1} ${y1} V${y1 + 8} H${x2} V${y2}`;
}

/**
 * The state machine as it stands. A press on a state selects it.
 * @param {RunView} view @param {string | null} selected @param {(state: string) => void} onSelect
 */
export function graph({ states, edges }, selected, onSelect) {
  const byName = new Map(states.map((state) => [state.state, state]));
  const width = Math.max(...states.map((state) => corner(state).x)) + BOX.width + 8;
  const height = Math.max(...states.map((state) => corner(state).y)) + BOX.height + 8;
  const lines = edges
    .toSorted((a, b) => Number(a.taken) - Number(b.taken))
    .map((edge) => {
      const [from, to] = [byName.get(edge.from), byName.get(edge.to)];
      if (!from || !to) return "";
      const kind = `edge ${edge.kind}${edge.taken ? " taken" : ""}`;
      return draw("path", { class: kind, d: path(from, to) });
    });
  const boxes = states.map((state) => {
    const { x, y } = corner(state);
    const text = caption(state);
    const group = draw(
      "g",
      {
        class: `state ${state.status}${state.state === selected ? " selected" : ""}`,
        role: "button",
        tabindex: state.step === null ? undefined : 0,
        "data-state": state.state,
        "aria-label": `${state.state} ${text}`,
        "aria-pressed": String(state.state === selected),
      },
      draw("rect", { x, y, ...BOX, rx: state.step === null ? 16 : 4 }),
      draw("text", { x: x + BOX.width / 2, y: y + 13, class: "name" }, state.state),
      // For whoever hears both.
      " ",
      draw("text", { x: x + BOX.width / 2, y: y + 26, class: "caption" }, text),
    );
    if (state.step === null) group.setAttribute("role", "img");
    if (state.step === null) group.removeAttribute("aria-pressed");
    else {
      group.addEventListener("click", () => onSelect(state.state));
      group.addEventListener("keydown", (event) => {
        const { key } = /** @type {KeyboardEvent} */ (event);
        if (key !== "Enter" && key !== " ") return;
        event.preventDefault();
        onSelect(state.state);
      });
    }
    return group;
  });
  return draw(
    "svg",
    { class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "State machine" },
    ...lines,
    ...boxes,
  );
}
