import { make } from "../page/dom.js";
import { duration, shown, words } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView["states"][number]["members"][number]} Member */
/** @typedef {NonNullable<Member["progress"]>} Progress */

/** `620/1,200 films, 118 films/s, 5 s left, loss 0.31`. @param {Progress} progress @param {boolean} moving */
export function progressText({ done, total, unit, rate, secondsLeft, figures }, moving) {
  const measured = Object.entries(figures).flatMap(([name, value]) =>
    value === null ? [] : [`${words(name)} ${shown(value)}`],
  );
  return [
    `${shown(done)}/${shown(total)} ${unit}`,
    rate === null || !moving ? "" : `${shown(rate >= 10 ? Math.round(rate) : rate)} ${unit}/s`,
    secondsLeft === null || !moving || done >= total ? "" : `${duration(secondsLeft)} left`,
    ...measured,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** How far a member is: a bar, and the same in words. @param {Progress} progress @param {boolean} moving */
export const bar = (progress, moving) =>
  make(
    "div",
    { class: "progress" },
    make("progress", { max: progress.total, value: progress.done, "aria-label": progress.unit }),
    make("p", {}, progressText(progress, moving)),
  );

/** Figures of a member that is done, by their names. @param {Member["summary"]} summary @returns {[string, string][]} */
export const summaryOf = (summary) =>
  Object.entries(summary ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [/** @type {[string, string]} */ ([words(name), shown(value)])],
  );
