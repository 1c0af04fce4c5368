import { make } from "../page/dom.js";
import { draw } from "./svg.js";
import { shown } from "./text.js";
import { tickLabels, ticks } from "./ticks.js";

/** `mark` is the x of a point that stands out; elements are named after the line's place. @typedef {{ label: string, class: string, points: [number, number][], mark: number | null }} Line */

const SIZE = { width: 330, height: 190, left: 44, right: 18, top: 8, bottom: 30 };

/** Smallest and largest, of any number of numbers. @param {readonly number[]} values @returns {[number, number]} */
export const rangeOf = (values) => [
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
];

/** Lines over each other; under the pointer, their values. @param {string} title @param {string} xTitle @param {readonly Line[]} lines */
export function chart(title, xTitle, lines) {
  const points = lines.flatMap((line) => line.points);
  const { width, height, left, right, top, bottom } = SIZE;
  const [x0, x1] = rangeOf(points.map(([x]) => x));
  const yTicks = ticks(...rangeOf(points.map(([, y]) => y)));
  const yLabels = tickLabels(yTicks);
  const [y0, y1] = [yTicks[0] ?? 0, yTicks.at(-1) ?? 1];
  const atX = (/** @type {number} */ x) => left + ((x - x0) / (x1 - x0 || 1)) * (width - left - right);
  const atY = (/** @type {number} */ y) => height - bottom - ((y - y0) / (y1 - y0 || 1)) * (height - top - bottom);
  const round = (/** @type {number} */ value) => value.toFixed(1);
  const rule = draw("line", { class: "rule", y1: top, y2: height - bottom, visibility: "hidden" });
  const drawing = draw(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title} by ${xTitle}` },
    ...yTicks.flatMap((y, i) => [
      draw("line", { class: "grid", x1: left, x2: width - right, y1: round(atY(y)), y2: round(atY(y)) }),
      draw("text", { class: "tick y", x: left - 6, y: round(atY(y) + 3) }, yLabels[i] ?? ""),
    ]),
    ...ticks(x0, x1)
      .filter((x) => Number.isInteger(x) && x >= x0 && x <= x1)
      .map((x) => draw("text", { class: "tick", x: round(atX(x)), y: height - bottom + 14 }, shown(x))),
    draw("text", { class: "tick", x: (left + width - right) / 2, y: height - 4 }, xTitle),
    rule,
    ...lines.flatMap((line, place) => {
      const d = line.points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(atX(x))} ${round(atY(y))}`).join("");
      // A line of one point has no length.
      const dots = line.points.length === 1 ? line.points : line.points.filter(([x]) => x === line.mark);
      return [
        ...(line.points.length > 1 ? [draw("path", { class: line.class, d, "data-course": place })] : []),
        ...dots.map(([x, y]) =>
          draw("circle", { class: line.class, cx: round(atX(x)), cy: round(atY(y)), r: 3, "data-course": place }),
        ),
      ];
    }),
  );

  const readout = make("p", { class: "readout" });
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  drawing.addEventListener("pointermove", (event) => {
    const { clientX } = /** @type {PointerEvent} */ (event);
    const box = drawing.getBoundingClientRect();
    const pointer = ((clientX - box.left) / box.width) * width;
    const x = xs.reduce((best, one) => (Math.abs(atX(one) - pointer) < Math.abs(atX(best) - pointer) ? one : best));
    for (const name of ["x1", "x2"]) rule.setAttribute(name, round(atX(x)));
    rule.setAttribute("visibility", "visible");
    const values = lines.flatMap(({ label, points: own }) => {
      const found = own.find(([at]) => at === x);
      return found ? [`${lines.length > 1 ? `${label} ` : ""}${shown(found[1])}`] : [];
    });
    readout.textContent = `${xTitle} ${shown(x)}: ${values.join("; ")}`;
  });
  drawing.addEventListener("pointerleave", () => {
    rule.setAttribute("visibility", "hidden");
    readout.textContent = "";
  });
  return make("figure", {}, make("figcaption", {}, title), drawing, readout);
}
