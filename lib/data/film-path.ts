import { isSegment } from "../store/key.ts";

/** Whose film it is, as its path says: `<source>/<folder>/patient00001/study1/view1_frontal.jpg`. */
export interface FilmOrigin {
  /** The folders before the patient's, less the data set's own division: `CheXpert-v1.0-small`; "" where there are none. */
  readonly source: string;
  readonly patient: string;
  readonly study: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** In bytes of UTF-8: with the folder of its CSV file it is still a key. */
const LONGEST = 512;

const FAULTS: readonly (readonly [string, (path: string) => boolean])[] = [
  ["is blank", (path) => path === ""],
  ["is a URL", (path) => /^[a-z][a-z0-9+.-]*:/i.test(path)],
  ["is absolute", (path) => path.startsWith("/")],
  ["has a backslash", (path) => path.includes("\\")],
  ["has a control character", (path) => CONTROL.test(path)],
  // What a reader of UTF-8 makes of any other bytes: a film would be looked for under a name that it has not.
  ["is not in UTF-8", (path) => path.includes("\ufffd")],
  ["leaves its folder", (path) => path.split("/").some((segment) => segment === ".." || segment === ".")],
  ["has an empty segment", (path) => path.split("/").includes("")],
  [`is longer than ${LONGEST} bytes`, (path) => Buffer.byteLength(path) > LONGEST],
  ["has a name that no store takes", (path) => !path.split("/").every(isSegment)],
];

/** Short segments of letters, digits and marks that mean nothing: none of the faults can be in it. */
const PLAIN = /^\w[\w.-]{0,60}(?:\/\w[\w.-]{0,60}){0,7}$/;

/** Why a path of a CSV file is refused, or undefined. */
export const pathFault = (path: string): string | undefined =>
  PLAIN.test(path) ? undefined : FAULTS.find(([, applies]) => applies(path))?.[0];

const PATIENT = /^patient./;

/** A data set's own division, which is not ours and says nothing about a patient. */
const DIVISIONS = new Set(["train", "valid", "test"]);

/** How many folders stand before the patient's and the data set's own division, as the name of its folder does. */
export function foldersOfSource(path: string): number {
  const segments = path.split("/");
  const at = segments.findIndex((segment) => PATIENT.test(segment));
  return Math.max(0, DIVISIONS.has(segments[at - 1] ?? "") ? at - 1 : at);
}

/** The part of its own division that a data set puts a film in, by the folder before the patient's. */
export function divisionOfPath(path: string): string | undefined {
  const segments = path.split("/");
  const before = segments[segments.findIndex((segment) => PATIENT.test(segment)) - 1];
  return before !== undefined && DIVISIONS.has(before) ? before : undefined;
}

/** @returns undefined where no folder of the path names a patient and the next one a study */
export function filmOrigin(path: string): FilmOrigin | undefined {
  const segments = path.split("/");
  const at = segments.findIndex((segment) => PATIENT.test(segment));
  const patient = segments[at];
  const study = segments[at + 1];
  if (patient === undefined || study === undefined || !/^study./.test(study) || at + 2 >= segments.length) {
    return undefined;
  }
  const before = segments.slice(0, at);
  if (DIVISIONS.has(before.at(-1) ?? "")) before.pop();
  return { source: before.join("/"), patient, study };
}
