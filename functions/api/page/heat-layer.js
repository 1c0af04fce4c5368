import { inferno } from "./colours.js";
import { verdictOf } from "./decisions.js";
import { byId, probability } from "./dom.js";
import { contour, heatField } from "./heat-map.js";
import { shownFinding, state, watch } from "./state.js";

/** Longest side of the painted lattice; the browser smooths it up to the film. */
const LATTICE = 192;

/** Heat, relative to the peak, at which the line is drawn; as the API's box. */
const REGION_LEVEL = 0.5;

const canvas = byId("heat", HTMLCanvasElement);
const marks = byId("marks", SVGElement);
const facts = byId("map-facts", HTMLElement);
const legend = byId("legend", HTMLElement);

/**
 * Paints a field: colour tells the heat; the colder, the more of the film shows.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} field
 * @param {number} width
 * @param {number} height
 * @param {number} opacity 0 to 1
 */
function paint(canvas, field, width, height, opacity) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (let i = 0; i < field.length; i += 1) {
    const heat = field[i] ?? 0;
    const [red = 0, green = 0, blue = 0] = inferno(heat);
    image.data.set([red, green, blue, 255 * opacity * heat], i * 4);
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** Paints the chosen finding's map over the film, or takes it away. */
function draw() {
  const film = state.film?.prediction?.film;
  const map = shownFinding()?.map ?? null;
  const shown = map !== null && film !== undefined && state.opacity > 0;
  canvas.hidden = !shown;
  marks.toggleAttribute("hidden", !shown);
  legend.classList.toggle("off", !shown);
  facts.textContent = describe();
  if (!shown) return;

  const scale = LATTICE / Math.max(film.width, film.height);
  const width = Math.max(2, Math.round(film.width * scale));
  const height = Math.max(2, Math.round(film.height * scale));
  const field = heatField(map, film, width, height);
  paint(canvas, field, width, height, state.opacity);
  marks.setAttribute("viewBox", `0 0 ${film.width} ${film.height}`);
  const path = contour(field, width, height, REGION_LEVEL, film);
  for (const line of marks.children) line.setAttribute("d", path);
}

/** What is to be known of a map by what is said of its finding. */
const DOUBTS = {
  "above-threshold": "",
  "below-threshold": ", below threshold",
  "out-of-distribution": "\nno decision: film unlike the training films",
  "not-learned": "",
};

/** What the corner of the film says of the map. */
function describe() {
  const finding = shownFinding();
  if (finding === undefined) return "";
  if (!finding.map) return `${finding.observation}: no region stands out`;
  const name = `${finding.observation} ${probability(finding.probability ?? 0)}`;
  return `Heat map: ${name}${DOUBTS[verdictOf(finding)]}\nline: half as hot as the peak`;
}

function drawLegend() {
  const bar = byId("legend-bar", HTMLCanvasElement);
  const image = new ImageData(bar.width, 1);
  for (let i = 0; i < bar.width; i += 1) image.data.set([...inferno(i / (bar.width - 1)), 255], i * 4);
  bar.getContext("2d")?.putImageData(image, 0, 0);
}

export function startHeatLayer() {
  drawLegend();
  watch(draw);
}
