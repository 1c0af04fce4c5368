import { toCsv } from "./csv.js";
import { reservation } from "./decisions.js";
import { byId, make, probability } from "./dom.js";
import { shownFinding, state, watch } from "./state.js";
import { shownWindow } from "./viewer.js";
import { windowLine } from "./window-level.js";

/** @typedef {import("./state.js").Film} Film */

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Greys as the viewer shows them. @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
function throughWindow(context, width, height) {
  const { slope, intercept } = windowLine(shownWindow());
  if (slope === 1 && intercept === 0) return;
  const picture = context.getImageData(0, 0, width, height);
  const { data } = picture;
  for (let i = 0; i < data.length; i += 1) {
    // The fourth of each pixel is its opacity.
    if (i % 4 !== 3) data[i] = (data[i] ?? 0) * slope + intercept * 255;
  }
  context.putImageData(picture, 0, 0);
}

/** The heat map and its line. @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
function drawMap(context, width, height) {
  const heat = byId("heat", HTMLCanvasElement);
  if (heat.hidden) return;
  context.imageSmoothingQuality = "high";
  context.drawImage(heat, 0, 0, width, height);
  const line = document.querySelector("#marks .contour")?.getAttribute("d") ?? "";
  const { film } = state.film?.prediction ?? {};
  context.save();
  context.scale(width / (film?.width ?? width), height / (film?.height ?? height));
  context.strokeStyle = "#ffffff";
  context.lineWidth = Math.max(1, width / 400);
  context.stroke(new Path2D(line));
  context.restore();
}

/** The film as shown, but upright and whole, at its own size, with a line below that says what it is. @param {Film} film */
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
  throughWindow(context, width, height);
  drawMap(context, width, height);
  context.fillStyle = "#d5dae1";
  context.font = `${line}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.fillText(caption(film), margin, height + margin, width - 2 * margin);
  return new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/png"));
}

/** @param {Film} film */
function caption(film) {
  const finding = shownFinding();
  const claim = finding?.status === "not-claimed" ? ", not claimed" : "";
  const shown = finding === undefined ? "" : `${finding.observation} ${probability(finding.probability ?? 0)}${claim}`;
  const { prediction } = film;
  const told =
    prediction === null ? [] : [reservation(prediction), `${prediction.model.name} ${prediction.model.version}`];
  return [shown, ...told, "not for clinical use"].filter((part) => part !== "").join(" · ");
}

/** @param {unknown} value */
const jsonOf = (value) => new Blob([JSON.stringify(value, null, 2)], { type: "application/json" });

/** Each film's answer, or why there is none. @param {Film[]} films */
const toList = (films) =>
  films.map(({ name, prediction, problem }) => ({
    film: name,
    ...(prediction && { prediction }),
    ...(problem && { problem: { code: problem.code, detail: problem.message, requestId: problem.requestId } }),
  }));

export function startDownloads() {
  const png = byId("save-png", HTMLButtonElement);
  const json = byId("save-json", HTMLButtonElement);
  const allJson = byId("save-all-json", HTMLButtonElement);
  const csv = byId("save-csv", HTMLButtonElement);
  png.addEventListener("click", async () => {
    const blob = state.film === null ? null : await toPng(state.film);
    if (blob !== null) save(blob, `hilum-film-${state.film?.number}.png`);
  });
  json.addEventListener("click", () => {
    save(jsonOf(state.film?.prediction), `hilum-film-${state.film?.number}.json`);
  });
  allJson.addEventListener("click", () => save(jsonOf(toList(state.films)), "hilum-films.json"));
  csv.addEventListener("click", () => save(new Blob([toCsv(state.films)], { type: "text/csv" }), "hilum-films.csv"));
  watch(() => {
    const answered = state.film?.prediction != null;
    png.disabled = !answered || state.film?.picture === null;
    json.disabled = !answered;
    const some = state.films.some(({ status }) => status !== "reading");
    allJson.disabled = !some;
    csv.disabled = !some;
  });
}
