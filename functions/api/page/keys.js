import { byId, make } from "./dom.js";
import { chooseNext } from "./findings.js";
import { chooseFiles } from "./intake.js";
import { chosenFinding, state, update } from "./state.js";
import { showNext } from "./strip.js";
import { act } from "./viewer.js";

/** Shows or hides the chosen finding's map; the likeliest one's where none is chosen. */
export function toggleMap() {
  if (chosenFinding() === undefined) chooseNext(0);
  else update({ mapOn: !state.mapOn });
}

/** Every key that does something: what it says on the list, and what it does. */
const KEYS = /** @type {Record<string, [string, () => void]>} */ ({
  o: ["open films", chooseFiles],
  j: ["next finding, with its heat map", () => chooseNext(1)],
  k: ["finding before", () => chooseNext(-1)],
  m: ["heat map on or off", toggleMap],
  "]": ["next film", () => showNext(1)],
  "[": ["film before", () => showNext(-1)],
  w: ["dragging changes window and level", () => act("tool-window")],
  p: ["dragging moves the film", () => act("tool-pan")],
  "+": ["zoom in", () => act("zoom-in")],
  "-": ["zoom out", () => act("zoom-out")],
  "=": ["fit to the window", () => act("fit")],
  i: ["invert", () => act("invert")],
  r: ["turn to the right", () => act("turn-right")],
  l: ["turn to the left", () => act("turn-left")],
  h: ["mirror left and right", () => act("mirror-horizontally")],
  v: ["mirror top and bottom", () => act("mirror-vertically")],
  " ": ["film as it came", () => act("reset")],
  "?": ["this list", () => byId("keys-dialog", HTMLDialogElement).showModal()],
});

const ARROWS = /** @type {Record<string, "pan-left" | "pan-right" | "pan-up" | "pan-down">} */ ({
  ArrowLeft: "pan-left",
  ArrowRight: "pan-right",
  ArrowUp: "pan-up",
  ArrowDown: "pan-down",
});

/** Whether a key belongs to the element that has the focus. @param {KeyboardEvent} event */
function taken({ target, key }) {
  if (document.querySelector("dialog[open]") !== null) return true;
  if (key === " ") return target !== document.body && !(target instanceof HTMLElement && target.id === "stage");
  return false;
}

export function startKeys() {
  const names = { " ": "space" };
  byId("keys", HTMLElement).replaceChildren(
    ...Object.entries(KEYS).flatMap(([key, [text]]) => [
      make("dt", {}, make("kbd", {}, names[/** @type {" "} */ (key)] ?? key)),
      make("dd", {}, text),
    ]),
    make("dt", {}, make("kbd", {}, "arrows")),
    make("dd", {}, "move the film, or go through the findings, where the focus is"),
  );
  byId("show-keys", HTMLButtonElement).addEventListener("click", () => KEYS["?"]?.[1]());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    const arrow = ARROWS[event.key];
    const onStage = event.target instanceof HTMLElement && event.target.id === "stage";
    const run = arrow !== undefined && onStage ? () => act(arrow) : KEYS[event.key]?.[1];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}
