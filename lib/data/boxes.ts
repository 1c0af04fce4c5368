import type { FindingBox } from "../contracts/boxes.ts";
import { ObservationName } from "../contracts/primitives.ts";
import type { Store } from "../store/store.ts";
import { fault, readCsv, shownCell } from "./csv.ts";
import type { Manifest } from "./film-columns.ts";

/** Finding boxes beside the CSV files, where the source has them. */
export const BOXES_FILE = "boxes.csv";

export const isBoxesFile = (key: string): boolean => key === BOXES_FILE || key.endsWith(`/${BOXES_FILE}`);

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/") + 1);

/** Where boxes may stand: beside each of the CSV files. */
export const boxesFilesOf = (csv: readonly string[]): string[] => [
  ...new Set(csv.map((file) => `${folderOf(file)}${BOXES_FILE}`)),
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
    if (await data.head(file)) boxes.push(...(await readBoxesFile(data, file, manifest)));
  }
  return boxes;
}

async function readBoxesFile(data: Store, file: string, manifest: Manifest): Promise<FindingBox[]> {
  const rows = new Map<string, number>();
  manifest.path.forEach((path, row) => {
    if (folderOf(manifest.file[row]!) === folderOf(file) && !rows.has(path)) rows.set(path, row);
  });
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
