import type { FindingBox } from "../contracts/boxes.ts";
import { ObservationName } from "../contracts/primitives.ts";
import type { Store } from "../store/store.ts";
import { fault, readCsv, shownCell } from "./csv.ts";
import type { Manifest } from "./film-columns.ts";
import { nihObservation } from "./sources/nih-chestxray14.ts";

/** Finding boxes beside the CSV files, where the source has them: our own form, and that of NIH ChestX-ray14's release. */
const BOXES_FILE = "boxes.csv";
const NIH_BOXES_FILE = "BBox_List_2017.csv";

const nameOf = (key: string): string => key.slice(key.lastIndexOf("/") + 1);

export const isBoxesFile = (key: string): boolean => [BOXES_FILE, NIH_BOXES_FILE].includes(nameOf(key));

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/") + 1);

/** Where boxes may stand: beside each of the CSV files. */
export const boxesFilesOf = (csv: readonly string[]): string[] => [
  ...new Set(csv.flatMap((file) => [BOXES_FILE, NIH_BOXES_FILE].map((name) => `${folderOf(file)}${name}`))),
];

const COLUMNS = ["Path", "finding", "x", "y", "width", "height"] as const;

/**
 * The boxes beside the CSV files, each with the manifest row of its film. Boxes of films that no row names are left out:
 * whoever takes a part of a data set's rows keeps its boxes.
 * @throws InputError `csv` for a finding that is no observation, or a number that is none
 */
export async function readBoxes(data: Store, csv: readonly string[], manifest: Manifest): Promise<FindingBox[]> {
  const boxes: FindingBox[] = [];
  for (const file of boxesFilesOf(csv)) {
    if (await data.head(file)) boxes.push(...(await READERS[nameOf(file)]!(data, file, manifest)));
  }
  return boxes;
}

type Reader = (data: Store, file: string, manifest: Manifest) => Promise<FindingBox[]>;

const READERS: Readonly<Record<string, Reader>> = { [BOXES_FILE]: readBoxesFile, [NIH_BOXES_FILE]: readNihBoxes };

/** The row of each film of the boxes' folder, by its path. */
function rowsByPath(file: string, manifest: Manifest): Map<string, number> {
  const rows = new Map<string, number>();
  manifest.path.forEach((path, row) => {
    if (folderOf(manifest.file[row]!) === folderOf(file) && !rows.has(path)) rows.set(path, row);
  });
  return rows;
}

/**
 * NIH's boxes: pixels of the released films of 1024 x 1024. Its header has unquoted commas, so that no row is as long as it; a
 * finding that has no counterpart here, as infiltrates have none, has no box here.
 */
async function readNihBoxes(data: Store, file: string, manifest: Manifest): Promise<FindingBox[]> {
  const rows = rowsByPath(file, manifest);
  const boxes: FindingBox[] = [];
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
    const row = rows.get(path);
    if (row !== undefined && observation !== null) {
      boxes.push({ row, observation, x: x!, y: y!, width: width!, height: height! });
    }
  }
  return boxes;
}

async function readBoxesFile(data: Store, file: string, manifest: Manifest): Promise<FindingBox[]> {
  const rows = rowsByPath(file, manifest);
  const boxes: FindingBox[] = [];
  await readCsv(file, data.stream(file), COLUMNS, ({ line, cells }) => {
    const [path = "", finding = "", ...numbers] = cells;
    const row = rows.get(path);
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
    if (row !== undefined) boxes.push({ row, observation: observation.data, x, y, width, height });
  });
  return boxes;
}
