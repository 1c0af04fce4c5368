import { byId, make } from "./dom.js";
import { choose, chooseNext } from "./findings.js";
import { chooseFiles } from "./intake.js";
import { chosenFinding, sortedFindings, state, update } from "./state.js";
import { showNext } from "./strip.js";
import { act } from "./viewer.js";
import { PRESETS } from "./window-level.js";

/** Shows or hides the chosen finding's map; where none is chosen, that of the likeliest (lib/inference/findings.ts). */
export function toggleMap() {
  if (chosenFinding() !== undefined) return update({ mapOn: !state.mapOn });
  // "No Finding" is nowhere on the film.
  const likeliest = sortedFindings().find(
    ({ observation, status }) => observation !== "No Finding" && status !== "not-learned",
  );
  if (likeliest !== undefined) choose(likeliest.observation);
}

/** @typedef {{ keys: readonly string[], text: string, run: () => void }} Key */

/** @param {string} text @param {() => void} run @param {...string} keys @returns {Key} */
const key = (text, run, ...keys) => ({ keys, text, run });

/** Every key that does something; those of the film are OHIF's own. @type {readonly Key[]} */
const KEYS = [
  key("open films", () => chooseFiles(), "o"),
  key("next finding, with its heat map", () => chooseNext(1), "j"),
  key("previous finding", () => chooseNext(-1), "k"),
  key("heat map on or off", toggleMap, "m"),
  key("next film", () => showNext(1), "]", "PageDown"),
  key("previous film", () => showNext(-1), "[", "PageUp"),
  key("dragging changes window and level", () => act("tool-window"), "w"),
  key("dragging zooms", () => act("tool-zoom"), "z"),
  key("dragging moves the film", () => act("tool-pan"), "p"),
  key("zoom in", () => act("zoom-in"), "+"),
  key("zoom out", () => act("zoom-out"), "-"),
  key("fit to the window", () => act("fit"), "="),
  key("invert", () => act("invert"), "i"),
  key("turn to the right", () => act("turn-right"), "r"),
  key("turn to the left", () => act("turn-left"), "l"),
  key("mirror left and right", () => act("mirror-horizontally"), "h"),
  key("mirror top and bottom", () => act("mirror-vertically"), "v"),
  ...PRESETS.map(({ name }, place) =>
    key(`window: ${name}`, () => act(/** @type {import("./viewer.js").Act} */ (`preset-${place + 1}`)), `${place + 1}`),
  ),
  key("film as it came", () => act("reset"), " "),
  key("this list", () => byId("keys-dialog", HTMLDialogElement).showModal(), "?"),
];

const ARROWS = /** @type {Record<string, "pan-left" | "pan-right" | "pan-up" | "pan-down">} */ ({
  ArrowLeft: "pan-left",
  ArrowRight: "pan-right",
  ArrowUp: "pan-up",
  ArrowDown: "pan-down",
});

/** Fields that take letters and digits themselves. */
const WRITABLE = "textarea, select, input:not([type=range])";

/** Whether a key belongs to the element that has the focus. @param {KeyboardEvent} event */
function taken({ target, key }) {
  if (document.querySelector("dialog[open]") !== null) return true;
  if (!(target instanceof HTMLElement) || target === document.body) return false;
  if (key === " ") return target.id !== "stage";
  // A slider's own, by leaps.
  if (key.startsWith("Page") && target instanceof HTMLInputElement) return true;
  return target.matches(WRITABLE);
}

const NAMES = /** @type {Record<string, string>} */ ({ " ": "space", PageDown: "page down", PageUp: "page up" });

export function startKeys() {
  byId("keys", HTMLElement).replaceChildren(
    ...KEYS.flatMap(({ keys, text }) => [
      make("dt", {}, ...keys.map((name) => make("kbd", {}, NAMES[name] ?? name))),
      make("dd", {}, text),
    ]),
    make("dt", {}, make("kbd", {}, "arrows")),
    make("dd", {}, "move the film, or go through the findings, where the focus is"),
  );
  const byName = new Map(KEYS.flatMap(({ keys, run }) => keys.map((name) => [name, run])));
  byId("show-keys", HTMLButtonElement).addEventListener("click", () => byName.get("?")?.());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    const arrow = ARROWS[event.key];
    const onStage = event.target instanceof HTMLElement && event.target.id === "stage";
    const run = arrow !== undefined && onStage ? () => act(arrow) : byName.get(event.key);
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}
