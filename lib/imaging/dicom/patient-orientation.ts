import type { FilmWarning } from "../../contracts/codes.ts";
import type { Orientation } from "../../domain/orientation.ts";
import { codes, type DataSet, numbers } from "./data-set.ts";
import { TAG } from "./tags.ts";

/**
 * Where in the patient the film's rows (to the right) and columns (downwards) lead (PS3.3, C.7.6.1.1.1): left, right, head,
 * feet. A frontal film is seen as if the patient stood before one, so upright is L\F; the rest as EXIF numbers it.
 */
const ORIENTATIONS: Readonly<Record<string, Orientation>> = {
  ...{ "L\\F": 1, "R\\F": 2, "R\\H": 3, "L\\H": 4 },
  ...{ "F\\L": 5, "F\\R": 6, "H\\R": 7, "H\\L": 8 },
};

/** A film from the side; which way it faces is another matter. */
const FROM_THE_SIDE = /^([AP]\\[FH]|[FH]\\[AP])$/;

/** How the film is to be turned by what its header says for certain, and what to warn of. */
export function readOrientation(dataSet: DataSet): { orientation: Orientation; doubts: readonly FilmWarning[] } {
  const [rows, columns] = directions(dataSet);
  if (rows === undefined || columns === undefined) return { orientation: 1, doubts: [] };
  const told = `${rows}\\${columns}`;
  const orientation = ORIENTATIONS[told];
  if (orientation === undefined) {
    return { orientation: 1, doubts: FROM_THE_SIDE.test(told) ? [] : ["orientation-unclear"] };
  }
  return { orientation, doubts: orientation === 1 ? [] : ["orientation-undone"] };
}

/** First letters: the axis that rows and columns lie nearest to. */
function directions(dataSet: DataSet): (string | undefined)[] {
  const told = codes(dataSet, TAG.PatientOrientation);
  if (told.length === 2) return told.map((one) => one[0]);
  const cosines = numbers(dataSet, TAG.ImageOrientationPatient);
  if (cosines.length !== 6 || !cosines.every(Number.isFinite)) return [];
  return [nearest(cosines.slice(0, 3)), nearest(cosines.slice(3))];
}

/** Of the patient's axes: to the left, to the back, to the head (PS3.3, C.7.6.2.1.1). */
const AXES = ["LR", "PA", "HF"] as const;

function nearest(cosines: readonly number[]): string | undefined {
  const sizes = cosines.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  return AXES[axis]?.[cosines[axis]! > 0 ? 0 : 1];
}
