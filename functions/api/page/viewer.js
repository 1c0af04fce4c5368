import { byId, twoDigits } from "./dom.js";
import { state, watch } from "./state.js";
import { cssTransform, fitScale, fittedView, zoomed } from "./view.js";
import { applyWindow, draggedWindow, WHOLE_RANGE } from "./window-level.js";

const stage = byId("stage", HTMLElement);
const sheet = byId("sheet", HTMLElement);
const image = byId("film", HTMLImageElement);

/** Size of the picture as the browser has it, in pixels. */
let size = { width: 1, height: 1 };
let view = fittedView(size, size);
let grey = { ...WHOLE_RANGE };
let tool = "window";
/** True until the person zooms or pans: then the film follows the stage's size. */
let fitted = true;

const stageSize = () => ({ width: stage.clientWidth, height: stage.clientHeight });
const scaleToFit = () => fitScale(size, stageSize(), view.quarterTurns);

function render() {
  sheet.style.width = `${size.width}px`;
  sheet.style.height = `${size.height}px`;
  sheet.style.transform = cssTransform(view, size);
  applyWindow(grey);
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

/** @param {{ clientX: number, clientY: number }} event @returns {{ x: number, y: number }} CSS pixels from the stage's middle */
function fromMiddle(event) {
  const box = stage.getBoundingClientRect();
  return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
}

/** Fingers and buttons now down, by pointer. @type {Map<number, { x: number, y: number }>} */
const down = new Map();

/** @param {PointerEvent} event */
function drag(event) {
  const last = down.get(event.pointerId);
  if (last === undefined) return;
  const now = fromMiddle(event);
  const right = now.x - last.x;
  const below = now.y - last.y;
  const other = [...down].find(([pointer]) => pointer !== event.pointerId)?.[1];
  if (other !== undefined) {
    const before = Math.hypot(last.x - other.x, last.y - other.y);
    const after = Math.hypot(now.x - other.x, now.y - other.y);
    if (before > 0) zoom(after / before, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    pan(right / 2, below / 2);
  } else if (tool === "pan" || event.shiftKey || event.buttons === 4) {
    pan(right, below);
  } else {
    grey = draggedWindow(grey, right / stage.clientWidth, below / stage.clientHeight);
  }
  down.set(event.pointerId, now);
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

export function startViewer() {
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
  stage.addEventListener("pointerdown", (event) => {
    if (sheet.hidden || event.button === 2) return;
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, fromMiddle(event));
  });
  stage.addEventListener("pointermove", drag);
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    stage.addEventListener(end, (event) => down.delete(event.pointerId));
  }
  stage.addEventListener(
    "wheel",
    (event) => {
      if (sheet.hidden) return;
      event.preventDefault();
      zoom(1.0015 ** -event.deltaY, fromMiddle(event));
      render();
    },
    { passive: false },
  );
  stage.addEventListener("dblclick", () => act("reset"));
  for (const button of document.querySelectorAll("[data-act], [data-tool]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const name = /** @type {Act} */ (button.dataset.act ?? `tool-${button.dataset.tool}`);
    button.addEventListener("click", () => act(name));
  }
  new ResizeObserver(() => {
    if (fitted) fitToStage();
    render();
  }).observe(stage);
  watch(show);
  render();
}
