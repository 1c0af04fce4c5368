import type { FindingBox } from "../contracts/boxes.ts";
import { ObservationName } from "../contracts/primitives.ts";
import type { Store } from "../store/store.ts";
import { renamed } from "./column-names.ts";
import { fault, readCsv, readCsvHeader, shownCell } from "./csv.ts";
import { folderOf } from "./descriptions.ts";
import type { Manifest } from "./film-columns.ts";
import { alike } from "./match-films.ts";
import { nihObservation } from "./sources/nih-chestxray14.ts";

const COLUMNS = ["Path", "finding", "x", "y", "width", "height"] as const;

/** Boxes as a table has them. */
export interface ReadBoxes {
  /** Each with the manifest row of its film. */
  readonly boxes: readonly FindingBox[];
  /** Boxes of films that no row names, and of findings that are no observation here. */
  readonly leftOut: number;
}

type Reader = (data: Store, file: string, manifest: Manifest) => Promise<ReadBoxes>;

/** Forms of such tables, by their first row: NIH's, whose header has unquoted commas, and our own. */
const FORMS: readonly { readonly is: (header: readonly string[]) => boolean; readonly read: Reader }[] = [
  {
    is: (header) =>
      ["Image Index", "Finding Label"].every((name) => header.includes(name)) &&
      header.some((name) => /^b(ounding )?box/i.test(name)),
    read: readNihBoxes,
  },
  { is: (header) => COLUMNS.every((name) => renamed(header, COLUMNS).includes(name)), read: readBoxesFile },
];

/** Whether a table's first row is one of boxes. */
export const hasBoxes = (header: readonly string[]): boolean => FORMS.some(({ is }) => is(header));

/**
 * The boxes of tables beside the CSV files. Those of films that no row names are left out: whoever takes a part of a data
 * set's rows keeps its boxes.
 * @throws InputError `csv` for a finding that is not known there, or a number that is none
 */
export async function readBoxes(data: Store, files: readonly string[], manifest: Manifest): Promise<ReadBoxes> {
  const found: ReadBoxes[] = [];
  for (const file of files) {
    const header = await readCsvHeader(file, data.stream(file));
    const { read } = FORMS.find(({ is }) => is(header)) ?? FORMS.at(-1)!;
    found.push(await read(data, file, manifest));
  }
  return {
    boxes: found.flatMap(({ boxes }) => boxes),
    leftOut: found.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}

/** The row of each film of the boxes' folder, by its path however that is written. */
function rowsByPath(file: string, manifest: Manifest): (path: string) => number | undefined {
  const rows = new Map<string, number>();
  manifest.path.forEach((path, row) => {
    if (folderOf(manifest.file[row]!) === folderOf(file) && !rows.has(alike(path))) rows.set(alike(path), row);
  });
  return (path) => rows.get(alike(path));
}

/** Side of the films that NIH's boxes were drawn on, whatever size a copy has. */
const NIH_SIDE = 1024;

/**
 * NIH's boxes: pixels of the released films of 1024 x 1024. Its header has unquoted commas, so that no row is as long as it; a
 * finding that has no counterpart here, as infiltrates have none, has no box here.
 */
async function readNihBoxes(data: Store, file: string, manifest: Manifest): Promise<ReadBoxes> {
  const rowOf = rowsByPath(file, manifest);
  const of = { width: NIH_SIDE, height: NIH_SIDE };
  const boxes: FindingBox[] = [];
  let leftOut = 0;
  const pieces: Uint8Array[] = [];
  for await (const piece of data.stream(file)) pieces.push(piece);
  for (const [i, text] of Buffer.concat(pieces).toString("utf8").split(/\r?\n/).entries()) {
    if (i === 0 || text.trim() === "") continue;
    const [path = "", finding = "", ...numbers] = text.split(",");
    const observation = nihObservation(file, i + 1, finding);
    const [x, y, width, height] = numbers.slice(0, 4).map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
    const all = [x, y, width, height];
    if (!all.every((value) => value !== undefined && Number.isFinite(value)) || width! <= 0 || height! <= 0) {
      throw fault(file, i + 1, `x,y,w,h is ${shownCell(numbers.join(","))}, expected four numbers of pixels`);
    }
    const row = rowOf(path);
    if (row === undefined || observation === null) leftOut += 1;
    else boxes.push({ row, observation, x: x!, y: y!, width: width!, height: height!, of });
  }
  return { boxes, leftOut };
}

async function readBoxesFile(data: Store, file: string, manifest: Manifest): Promise<ReadBoxes> {
  const rowOf = rowsByPath(file, manifest);
  const boxes: FindingBox[] = [];
  let leftOut = 0;
  await readCsv(file, data.stream(file), COLUMNS, ({ line, cells }) => {
    const [path = "", finding = "", ...numbers] = cells;
    const row = rowOf(path);
    const observation = ObservationName.safeParse(finding);
    if (!observation.success) {
      throw fault(file, line, `finding is ${shownCell(finding)}, expected one of the 14 observations`);
    }
    const [x, y, width, height] = numbers.map((text, i) => {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      const smallest = i < 2 ? Number.NEGATIVE_INFINITY : Number.MIN_VALUE;
      if (Number.isFinite(value) && value >= smallest) return value;
      const expected = i < 2 ? "a number of pixels" : "a number of pixels above 0";
      throw fault(file, line, `${COLUMNS[i + 2]} is ${shownCell(text)}, expected ${expected}`);
    }) as [number, number, number, number];
    if (row === undefined) leftOut += 1;
    else boxes.push({ row, observation: observation.data, x, y, width, height });
  });
  return { boxes, leftOut };
}
