import { byId, make, twoDigits } from "./dom.js";
import { startGestures } from "./gestures.js";
import { greysOf } from "./greys.js";
import { state, watch } from "./state.js";
import { cssTransform, fitScale, fittedView, zoomed } from "./view.js";
import { draggedWindow, PRESETS, presetWindow, WHOLE_RANGE, windowLine } from "./window-level.js";

/** @typedef {import("./gestures.js").Point} Point */

const stage = byId("stage", HTMLElement);
const sheet = byId("sheet", HTMLElement);
const image = byId("film", HTMLImageElement);

/** Size of the picture as the browser has it, in pixels. */
let size = { width: 1, height: 1 };
let view = fittedView(size, size);
let grey = { ...WHOLE_RANGE };
/** The preset in force, from 0; -1 once the window was dragged. */
let preset = 0;
/** @type {keyof typeof TOOLS} */
let tool = "window";
/** True until the person zooms or pans: then the film follows the stage's size. */
let fitted = true;

const stageSize = () => ({ width: stage.clientWidth, height: stage.clientHeight });
const scaleToFit = () => fitScale(size, stageSize(), view.quarterTurns);

/** Tells the browser's own filter. */
function applyWindow() {
  const { slope, intercept } = windowLine(grey);
  for (const channel of document.querySelectorAll("#window feFuncR, #window feFuncG, #window feFuncB")) {
    channel.setAttribute("slope", String(slope));
    channel.setAttribute("intercept", String(intercept));
  }
}

function render() {
  sheet.style.width = `${size.width}px`;
  sheet.style.height = `${size.height}px`;
  sheet.style.transform = cssTransform(view, size);
  applyWindow();
  const facts = byId("view-facts", HTMLElement);
  facts.textContent = sheet.hidden
    ? ""
    : `${Math.round(view.scale * 100)} %\nW ${twoDigits(grey.width)}  L ${twoDigits(grey.level)}`;
  stage.dataset.tool = tool;
  for (const button of document.querySelectorAll("[data-tool]")) {
    if (button instanceof HTMLButtonElement) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
  }
  document.querySelector('[data-act="invert"]')?.setAttribute("aria-pressed", String(grey.inverted));
  byId("preset", HTMLSelectElement).value = String(preset);
}

/** How greys are shown now. */
export const shownWindow = () => grey;

/** @param {number} place */
function usePreset(place) {
  grey = { ...grey, ...presetWindow(greysOf(image), PRESETS[place] ?? { from: 0, to: 1 }) };
  preset = place;
}

/** @param {number} factor @param {{ x: number, y: number }} [about] */
function zoom(factor, about = { x: 0, y: 0 }) {
  view = zoomed(view, factor, about, scaleToFit());
  fitted = false;
}

/** @param {number} right @param {number} down CSS pixels */
function pan(right, down) {
  view = { ...view, x: view.x + right, y: view.y + down };
  fitted = false;
}

function fitToStage() {
  view = fittedView(size, stageSize(), view);
  fitted = true;
}

/** @param {number} quarters */
function turn(quarters) {
  view = { ...view, quarterTurns: (view.quarterTurns + quarters + 4) % 4 };
  if (fitted) fitToStage();
}

/** @param {number} turns quarter turns after the mirroring */
function mirror(turns) {
  view = { ...view, mirrored: !view.mirrored, quarterTurns: (4 - view.quarterTurns + turns) % 4 };
  if (fitted) fitToStage();
}

/** What buttons and keys can do to the film, by name. */
const ACTS = {
  "zoom-in": () => zoom(1.25),
  "zoom-out": () => zoom(0.8),
  fit: fitToStage,
  invert: () => {
    grey = { ...grey, inverted: !grey.inverted };
  },
  reset: () => {
    grey = { ...WHOLE_RANGE };
    preset = 0;
    view = fittedView(size, stageSize());
    fitted = true;
  },
  "turn-right": () => turn(1),
  "turn-left": () => turn(-1),
  "mirror-horizontally": () => mirror(0),
  "mirror-vertically": () => mirror(2),
  "tool-window": () => {
    tool = "window";
  },
  "tool-pan": () => {
    tool = "pan";
  },
  "tool-zoom": () => {
    tool = "zoom";
  },
  "preset-1": () => usePreset(0),
  "preset-2": () => usePreset(1),
  "preset-3": () => usePreset(2),
  "preset-4": () => usePreset(3),
  "preset-5": () => usePreset(4),
  "pan-left": () => pan(-40, 0),
  "pan-right": () => pan(40, 0),
  "pan-up": () => pan(0, -40),
  "pan-down": () => pan(0, 40),
};

/** @typedef {keyof typeof ACTS} Act */

/** @param {Act} name */
export function act(name) {
  if (sheet.hidden && !name.startsWith("tool")) return;
  ACTS[name]();
  render();
}

/** Shows what the state says is on the stage. */
function show() {
  const film = state.film;
  const picture = film?.picture ?? null;
  byId("intake", HTMLElement).hidden = film !== null;
  stage.classList.toggle("empty", film === null);
  stage.classList.toggle("has-film", picture !== null);
  stage.classList.toggle("refused", film?.status === "refused");
  const message = byId("stage-message", HTMLElement);
  message.hidden = film === null || picture !== null;
  message.textContent = film?.status === "reading" ? "Reading the film…" : "This file can't be shown.";
  if (picture === null) {
    sheet.hidden = true;
    image.removeAttribute("src");
    render();
  } else if (image.getAttribute("src") !== picture) {
    image.src = picture;
  }
  image.alt = film === null ? "" : `Film ${film.number}: ${film.name}`;
}

/** What dragging does by `right` and `below` CSS pixels, by tool; `start` is where it began, from the stage's middle. */
const TOOLS = {
  /** @param {number} right @param {number} below */
  window(right, below) {
    grey = draggedWindow(grey, right / stage.clientWidth, below / stage.clientHeight);
    preset = -1;
  },
  pan,
  /** Up is closer. @param {number} _ @param {number} below @param {Point} start */
  zoom(_, below, start) {
    zoom(4 ** (-below / stage.clientHeight), start);
  },
};

/** How fingers, mouse and wheel move the film. @type {import("./gestures.js").Hands} */
const hands = {
  holds: () => !sheet.hidden,
  drag(right, below, start, asPan) {
    TOOLS[asPan ? "pan" : tool](right, below, start);
    render();
  },
  pinch(factor, about, right, below) {
    zoom(factor, about);
    pan(right, below);
    render();
  },
};

export function startViewer() {
  startGestures(stage, hands);
  if (matchMedia("(pointer: coarse)").matches) tool = "pan";
  let shownFilm = 0;
  image.addEventListener("load", () => {
    const changed = image.naturalWidth !== size.width || image.naturalHeight !== size.height;
    size = { width: image.naturalWidth, height: image.naturalHeight };
    sheet.hidden = false;
    if (state.film !== null && state.film.number !== shownFilm) {
      shownFilm = state.film.number;
      act("reset");
    } else if (changed) act("fit");
    render();
  });
  stage.addEventListener("dblclick", () => act("reset"));
  for (const button of document.querySelectorAll("[data-act], [data-tool]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const name = /** @type {Act} */ (button.dataset.act ?? `tool-${button.dataset.tool}`);
    button.addEventListener("click", () => act(name));
  }
  const presets = byId("preset", HTMLSelectElement);
  presets.append(
    ...PRESETS.map(({ name }, place) => make("option", { value: place }, `${place + 1} ${name}`)),
    make("option", { value: -1, hidden: true }, "as dragged"),
  );
  presets.addEventListener("change", () => act(/** @type {Act} */ (`preset-${Number(presets.value) + 1}`)));
  new ResizeObserver(() => {
    if (fitted) fitToStage();
    render();
  }).observe(stage);
  watch(show);
  render();
}
