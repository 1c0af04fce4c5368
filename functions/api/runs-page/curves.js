import { make } from "../page/dom.js";
import { chart } from "./chart.js";
import { epochTable } from "./epoch-table.js";
import { keeper } from "./keep.js";
import { draw } from "./svg.js";

/** @typedef {import("../../../lib/contracts/training.ts").TrainingHistory} TrainingHistory */
/** A member's history; lines of one group have one colour. @typedef {{ label: string, group: number, history: TrainingHistory }} Course */

/** Classes of lines in runs.css. */
const [COLOURS, DASHES] = [6, 5];

/** @typedef {readonly (readonly [number, number | null])[]} Points */
/** @type {readonly { title: string, x: string, points: (history: TrainingHistory) => Points, mark?: (history: TrainingHistory) => number | null }[]} */
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
    mark: ({ bestEpoch }) => bestEpoch,
  },
  {
    title: "Images a second",
    x: "epoch",
    points: ({ epochs }) => epochs.map(({ epoch, imagesPerSecond }) => [epoch, imagesPerSecond]),
  },
];

/** Colour by group and dash within it; where all are of one group, colour by member. @param {readonly Course[]} courses */
function lineClasses(courses) {
  const alone = courses.every(({ group }) => group === courses[0]?.group);
  return courses.map(({ group }, i) => {
    const within = courses.slice(0, i).filter((other) => other.group === group).length;
    const [colour, dash] = alone ? [i, Math.floor(i / COLOURS)] : [group, within + Math.floor(group / COLOURS)];
    return `line c${colour % COLOURS} d${dash % DASHES}`;
  });
}

/**
 * Which line is whose; a press on one lets it stand out.
 * @param {readonly Course[]} courses @param {readonly string[]} classes @param {(place: number) => void} onPress
 */
const legend = (courses, classes, onPress) =>
  make(
    "ul",
    { class: "legend" },
    ...courses.map(({ label }, place) => {
      const swatch = draw("svg", { class: "swatch", viewBox: "0 0 28 8", "aria-hidden": "true" });
      swatch.append(draw("path", { class: classes[place], d: "M0 4H28" }));
      return make("li", {}, make("button", { type: "button", onclick: () => onPress(place) }, swatch, label));
    }),
  );

/** Loss, AUROC and speed, all courses over each other, and the same as a table; a legend where there are several. */
export function curves() {
  const [key, charts, table] = [make("div"), make("div", { class: "charts" }), make("div")];
  const details = make("details", {}, make("summary", {}, "Epochs as a table"), table);
  const put = keeper();
  /** @type {readonly Course[]} */
  let shown = [];
  /** The line that stands out. @type {number | null} */
  let chosen = null;
  const stress = () => {
    for (const [place, button] of key.querySelectorAll("button").entries()) {
      button.setAttribute("aria-pressed", String(place === chosen));
    }
    for (const line of charts.querySelectorAll("[data-course]")) {
      line.classList.toggle("faint", chosen !== null && line.getAttribute("data-course") !== String(chosen));
    }
  };
  const choose = (/** @type {number} */ place) => {
    chosen = chosen === place ? null : place;
    stress();
  };
  const fill = () => put(table, details.open && shown, () => (details.open ? [epochTable(shown)] : []));
  details.addEventListener("toggle", fill);
  return {
    element: make("div", {}, key, charts, details),
    /** @param {readonly Course[]} courses */
    update(courses) {
      shown = courses;
      const classes = lineClasses(courses);
      const labels = courses.map(({ label }) => label);
      put(key, labels, () => (courses.length > 1 ? [legend(courses, classes, choose)] : []));
      put(charts, courses, () => {
        const drawn = CHARTS.flatMap(({ title, x, points, mark }) => {
          const lines = courses.map(({ label, history }, i) => ({
            label,
            class: classes[i] ?? "",
            points: /** @type {[number, number][]} */ (points(history).filter(([, y]) => y !== null)),
            mark: mark?.(history) ?? null,
          }));
          return lines.every((line) => line.points.length === 0) ? [] : [chart(title, x, lines)];
        });
        return drawn.length > 0 ? drawn : [make("p", { class: "quiet" }, "The first checkpoint has not been reached.")];
      });
      details.hidden = courses.every(({ history }) => history.epochs.length === 0);
      stress();
      fill();
    },
  };
}
