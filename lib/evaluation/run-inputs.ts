import { type FindingBox, FindingBoxes } from "../contracts/boxes.ts";
import { Dataset, UpsamplingRecord } from "../contracts/dataset.ts";
import { datasetKeys } from "../contracts/layout.ts";
import { Plan } from "../contracts/plan.ts";
import { TrainingHistory } from "../contracts/training.ts";
import { decodeTable } from "../data/arrow-columns.ts";
import { MANIFEST_COLUMNS, ROWS_COLUMNS, type Rows } from "../data/film-columns.ts";
import type { Weights } from "../model/weights.ts";
import type { StepContext } from "../steps/run-step.ts";
import { findDocument, readDocument } from "../store/documents.ts";
import { decodeWeights } from "../training/weights-file.ts";

/** What the steps before have left for the evaluation. */
export interface RunInputs {
  readonly plan: Plan;
  readonly dataset: Dataset;
  readonly upsampling: UpsamplingRecord;
  readonly histories: readonly TrainingHistory[];
  readonly members: readonly Weights[];
  /** Every prepared film, its place being its position. */
  readonly rows: Rows;
  /** The path of each film as the CSV has it, by position. */
  readonly paths: readonly string[];
  /** Finding boxes by position. */
  readonly boxes: ReadonlyMap<number, readonly FindingBox[]>;
}

type Context = Pick<StepContext, "rooms" | "keys">;

export async function readRunInputs({ rooms, keys }: Context): Promise<RunInputs> {
  const { runs, datasets } = rooms;
  const plan = await readDocument(runs, keys.plan, Plan);
  const dataset = await readDocument(runs, keys.dataset, Dataset);
  const upsampling = await readDocument(runs, keys.upsampling, UpsamplingRecord);
  const histories: TrainingHistory[] = [];
  const members: Weights[] = [];
  for (let index = 0; index < plan.trainJobs; index += 1) {
    const member = keys.member(index);
    histories.push(await readDocument(runs, member.history, TrainingHistory));
    members.push(decodeWeights(await runs.get(member.weights), `${runs.uri}/${member.weights}`).weights);
  }
  const rows = decodeTable(ROWS_COLUMNS, await runs.get(keys.rows), `${runs.uri}/${keys.rows}`);
  const { manifest: manifestKey, boxes: boxesKey } = datasetKeys(dataset.fingerprint);
  const manifest = decodeTable(MANIFEST_COLUMNS, await datasets.get(manifestKey), `${datasets.uri}/${manifestKey}`);
  const found = await findDocument(datasets, boxesKey, FindingBoxes);
  return {
    plan,
    dataset,
    upsampling,
    histories,
    members,
    rows,
    paths: Array.from(rows.row, (row) => manifest.path[row]!),
    boxes: boxesByPosition(rows, found?.boxes ?? []),
  };
}

function boxesByPosition(rows: Rows, boxes: readonly FindingBox[]): Map<number, FindingBox[]> {
  const positions = new Map(Array.from(rows.row, (row, position) => [row, position]));
  const found = new Map<number, FindingBox[]>();
  for (const box of boxes) {
    const position = positions.get(box.row);
    if (position === undefined) continue;
    found.set(position, [...(found.get(position) ?? []), box]);
  }
  return found;
}
