import type { FindingBox } from "../contracts/boxes.ts";
import { ObservationName } from "../contracts/primitives.ts";
import type { Store } from "../store/store.ts";
import { fault, readCsv, shownCell } from "./csv.ts";
import type { Manifest } from "./film-columns.ts";

/** Finding boxes beside the CSV files, where the source has them. */
export const BOXES_FILE = "boxes.csv";

const COLUMNS = ["Path", "finding", "x", "y", "width", "height"] as const;

/**
 * The boxes of `boxes.csv`, each with the manifest row of its film. Boxes of films that no row names are left out: whoever
 * takes a part of a data set's rows keeps its boxes.
 * @throws InputError `csv` for a finding that is no observation, or a number that is none
 */
export async function readBoxes(data: Store, manifest: Manifest): Promise<FindingBox[]> {
  const rows = new Map<string, number>();
  manifest.path.forEach((path, row) => {
    if (!rows.has(path)) rows.set(path, row);
  });
  const boxes: FindingBox[] = [];
  await readCsv(BOXES_FILE, data.stream(BOXES_FILE), COLUMNS, ({ line, cells }) => {
    const [path = "", finding = "", ...numbers] = cells;
    const row = rows.get(path);
    const observation = ObservationName.safeParse(finding);
    if (!observation.success) {
      throw fault(BOXES_FILE, line, `finding is ${shownCell(finding)}, expected one of the 14 observations`);
    }
    const [x, y, width, height] = numbers.map((text, i) => {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      const smallest = i < 2 ? Number.NEGATIVE_INFINITY : Number.MIN_VALUE;
      if (Number.isFinite(value) && value >= smallest) return value;
      const expected = i < 2 ? "a number of pixels" : "a number of pixels above 0";
      throw fault(BOXES_FILE, line, `${COLUMNS[i + 2]} is ${shownCell(text)}, expected ${expected}`);
    }) as [number, number, number, number];
    if (row !== undefined) boxes.push({ row, observation: observation.data, x, y, width, height });
  });
  return boxes;
}
