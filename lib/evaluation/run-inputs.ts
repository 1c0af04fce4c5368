import { type FindingBox, FindingBoxes } from "../contracts/boxes.ts";
import { Dataset, UpsamplingRecord } from "../contracts/dataset.ts";
import { datasetKeys } from "../contracts/layout.ts";
import { TrainingHistory } from "../contracts/training.ts";
import type { Rows } from "../data/film-columns.ts";
import { loadManifest } from "../data/manifest.ts";
import type { TrainingData } from "../data/training-data.ts";
import type { Size } from "../domain/geometry.ts";
import type { Weights } from "../model/weights.ts";
import type { StepContext } from "../steps/run-step.ts";
import { findDocument, readDocument } from "../store/documents.ts";
import { decodeWeights } from "../training/weights-file.ts";

/** What the steps before have left for the evaluation, besides the films. */
export interface RunInputs {
  readonly dataset: Dataset;
  readonly upsampling: UpsamplingRecord;
  readonly histories: readonly TrainingHistory[];
  readonly members: readonly Weights[];
  /** The path of each film as the CSV has it, by position. */
  readonly paths: readonly string[];
  /** Finding boxes by position. */
  readonly boxes: ReadonlyMap<number, readonly FindingBox[]>;
}

export async function readRunInputs(
  { rooms, keys }: Pick<StepContext, "rooms" | "keys">,
  { rows, plan }: Pick<TrainingData, "rows" | "plan">,
): Promise<RunInputs> {
  const { runs, datasets } = rooms;
  const dataset = await readDocument(runs, keys.dataset, Dataset);
  const upsampling = await readDocument(runs, keys.upsampling, UpsamplingRecord);
  const histories: TrainingHistory[] = [];
  const members: Weights[] = [];
  for (let index = 0; index < plan.trainJobs; index += 1) {
    const member = keys.member(index);
    histories.push(await readDocument(runs, member.history, TrainingHistory));
    members.push(decodeWeights(await runs.get(member.weights), `${runs.uri}/${member.weights}`).weights);
  }
  const { manifest: manifestKey, boxes: boxesKey } = datasetKeys(dataset.fingerprint);
  const manifest = await loadManifest(datasets, manifestKey);
  const found = await findDocument(datasets, boxesKey, FindingBoxes);
  return {
    dataset,
    upsampling,
    histories,
    members,
    paths: Array.from(rows.row, (row) => manifest.path[row]!),
    boxes: boxesByPosition(rows, found?.boxes ?? []),
  };
}

/** The box in pixels of the film as it is here, where it was drawn on one of another size. */
function inPixelsOf(film: Size, { of = film, ...box }: FindingBox): FindingBox {
  const [across, down] = [film.width / of.width, film.height / of.height];
  return { ...box, x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down };
}

/** Boxes of each prepared film, in its own pixels. */
export function boxesByPosition(
  rows: Pick<Rows, "row" | "filmWidth" | "filmHeight">,
  boxes: readonly FindingBox[],
): Map<number, FindingBox[]> {
  const positions = new Map(Array.from(rows.row, (row, position) => [row, position]));
  const found = new Map<number, FindingBox[]>();
  for (const box of boxes) {
    const position = positions.get(box.row);
    if (position === undefined) continue;
    const film = { width: rows.filmWidth[position]!, height: rows.filmHeight[position]! };
    found.set(position, [...(found.get(position) ?? []), inPixelsOf(film, box)]);
  }
  return found;
}
