import { make } from "../page/dom.js";
import { draw } from "./svg.js";
import { shown } from "./text.js";

/** @typedef {import("../../../lib/contracts/training.ts").TrainingHistory} TrainingHistory */
/** @typedef {{ label: string, points: [number, number][] }} Line */

const SIZE = { width: 330, height: 190, left: 44, right: 10, top: 8, bottom: 30 };
/** Classes of lines in runs.css; after them they begin anew with another dash. */
const COLOURS = 6;

/** @type {readonly { title: string, x: string, points: (history: TrainingHistory) => (readonly [number, number | null])[] }[]} */
const CHARTS = [
  { title: "Training loss", x: "step", points: ({ stepLoss }) => stepLoss },
  {
    title: "Tuning loss",
    x: "epoch",
    points: ({ epochs }) => epochs.map(({ epoch, tuningLoss }) => [epoch, tuningLoss]),
  },
  {
    title: "Mean AUROC, tuning patients",
    x: "epoch",
    points: ({ epochs }) => epochs.map(({ epoch, tuningMeanAuroc }) => [epoch, tuningMeanAuroc]),
  },
  {
    title: "Images a second",
    x: "epoch",
    points: ({ epochs }) => epochs.map(({ epoch, imagesPerSecond }) => [epoch, imagesPerSecond]),
  },
];

/** About four round numbers that span the range. @param {number} low @param {number} high */
export function ticks(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= 5) ?? power * 10;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** @param {string} title @param {string} xTitle @param {readonly Line[]} lines */
function chart(title, xTitle, lines) {
  const points = lines.flatMap((line) => line.points);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const xTicks = ticks(Math.min(...xs), Math.max(...xs)).filter(Number.isInteger);
  const yTicks = ticks(Math.min(...ys), Math.max(...ys));
  const { width, height, left, right, top, bottom } = SIZE;
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = [yTicks[0] ?? 0, yTicks.at(-1) ?? 1];
  const atX = (/** @type {number} */ x) => left + ((x - x0) / (x1 - x0 || 1)) * (width - left - right);
  const atY = (/** @type {number} */ y) => height - bottom - ((y - y0) / (y1 - y0 || 1)) * (height - top - bottom);
  const round = (/** @type {number} */ value) => value.toFixed(1);
  return draw(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title} by ${xTitle}` },
    ...yTicks.flatMap((y) => [
      draw("line", { class: "grid", x1: left, x2: width - right, y1: round(atY(y)), y2: round(atY(y)) }),
      draw("text", { class: "tick y", x: left - 6, y: round(atY(y) + 3) }, shown(y)),
    ]),
    ...xTicks
      .filter((x) => x >= x0 && x <= x1)
      .map((x) => draw("text", { class: "tick", x: round(atX(x)), y: height - bottom + 14 }, shown(x))),
    draw("text", { class: "tick", x: (left + width - right) / 2, y: height - 4 }, xTitle),
    ...lines.flatMap(({ points: own, label }, i) => {
      const d = own.map(([x, y], j) => `${j === 0 ? "M" : "L"}${round(atX(x))} ${round(atY(y))}`).join("");
      const name = draw("title", {}, label);
      const line = draw("path", { class: lineClass(i), d }, name);
      const [first] = own;
      // A line of one point has no length.
      if (own.length !== 1 || !first) return [line];
      return [draw("circle", { class: lineClass(i), cx: round(atX(first[0])), cy: round(atY(first[1])), r: 3 })];
    }),
  );
}

/** @param {number} i */
const lineClass = (i) => `line c${i % COLOURS} d${Math.floor(i / COLOURS) % 3}`;

/**
 * Loss, AUROC and speed, all histories over each other; a legend where there are several.
 * @param {readonly { label: string, history: TrainingHistory }[]} histories
 */
export function curves(histories) {
  const charts = CHARTS.flatMap(({ title, x, points }) => {
    const lines = histories.map(({ label, history }) => ({
      label,
      points: /** @type {[number, number][]} */ (points(history).filter(([, y]) => y !== null)),
    }));
    if (lines.every((line) => line.points.length === 0)) return [];
    return [make("figure", {}, make("figcaption", {}, title), chart(title, x, lines))];
  });
  if (charts.length === 0) return make("p", { class: "quiet" }, "The first checkpoint has not been reached.");
  const legend = make(
    "ul",
    { class: "legend" },
    ...histories.map(({ label }, i) => {
      const swatch = draw("svg", { class: "swatch", viewBox: "0 0 28 8", "aria-hidden": "true" });
      swatch.append(draw("path", { class: lineClass(i), d: "M0 4H28" }));
      return make("li", {}, swatch, label);
    }),
  );
  return make("div", {}, histories.length > 1 ? legend : null, make("div", { class: "charts" }, ...charts));
}
