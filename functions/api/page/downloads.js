import { toCsv } from "./csv.js";
import { byId, make, probability } from "./dom.js";
import { chosenFinding, state, watch } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The film as shown, at its own size, with a line below that says what it is. @param {Film} film */
async function toPng(film) {
  const image = byId("film", HTMLImageElement);
  const { naturalWidth: width, naturalHeight: height } = image;
  const line = Math.max(14, Math.round(width / 48));
  const margin = line;
  const canvas = make("canvas", { width, height: height + line + 2 * margin });
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.fillStyle = "#000000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  const heat = byId("heat", HTMLCanvasElement);
  context.imageSmoothingQuality = "high";
  if (!heat.hidden) context.drawImage(heat, 0, 0, width, height);
  context.fillStyle = "#d5dae1";
  context.font = `${line}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.fillText(caption(film), margin, height + margin, width - 2 * margin);
  return new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/png"));
}

/** @param {Film} film */
function caption(film) {
  const finding = state.mapOn ? chosenFinding() : undefined;
  const shown = finding === undefined ? [] : [`${finding.observation} ${probability(finding.probability)}`];
  const model = film.prediction?.model;
  const made = model === undefined ? [] : [`${model.name} ${model.version}`];
  return [...shown, ...made, "not for clinical use"].join(" · ");
}

export function startDownloads() {
  const png = byId("save-png", HTMLButtonElement);
  const json = byId("save-json", HTMLButtonElement);
  const csv = byId("save-csv", HTMLButtonElement);
  png.addEventListener("click", async () => {
    const blob = state.film === null ? null : await toPng(state.film);
    if (blob !== null) save(blob, `hilum-film-${state.film?.number}.png`);
  });
  json.addEventListener("click", () => {
    const text = JSON.stringify(state.film?.prediction, null, 2);
    save(new Blob([text], { type: "application/json" }), `hilum-film-${state.film?.number}.json`);
  });
  csv.addEventListener("click", () => save(new Blob([toCsv(state.films)], { type: "text/csv" }), "hilum-films.csv"));
  watch(() => {
    const answered = state.film?.prediction != null;
    png.disabled = !answered || state.film?.picture === null;
    json.disabled = !answered;
    csv.disabled = !state.films.some((film) => film.prediction !== null);
  });
}
