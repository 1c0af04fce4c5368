import { Dataset, type ShardRecord } from "../../contracts/dataset.ts";
import { datasetKeys } from "../../contracts/layout.ts";
import { Plan } from "../../contracts/plan.ts";
import { InputError } from "../../domain/errors.ts";
import { PARTS, type Part } from "../../domain/parts.ts";
import { isReadersSource } from "../../domain/readers.ts";
import { recordOf } from "../../domain/record-of.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { readDocument, writeDocument } from "../../store/documents.ts";
import type { Store } from "../../store/store.ts";
import { concatRows, decodeTable, encodeTable } from "../arrow-columns.ts";
import { ASSIGNMENT_COLUMNS, FILM_COLUMNS, type Films, ROWS_COLUMNS } from "../film-columns.ts";
import { countWarnings } from "../film-warnings.ts";
import { loadManifest } from "../manifest.ts";
import { markNotLabelled } from "../not-labelled.ts";
import { readShard } from "../prepared-shard.ts";
import { requireRows } from "../required-parts.ts";
import { loadParts } from "../rows.ts";

/** Shards that are read at a time. */
const AT_A_TIME = 8;

/**
 * Shards, assignments.arrow -> dataset.json, rows.arrow. Reads no pixels. Labels that the configuration says do not count
 * are not labelled from here on. Where the shards will not do, the run's
 * preparation counts as not done, so that the same run can go on once the films are mended.
 */
export async function merge(context: StepContext): Promise<StepSummary> {
  const { rooms, keys } = context;
  const plan = await readDocument(rooms.runs, keys.plan, Plan);
  try {
    return await mergeShards(context, plan);
  } catch (error) {
    if (error instanceof InputError) {
      for (let index = 0; index < plan.prepareJobs; index += 1) {
        await rooms.runs.delete(keys.stepRecord("prepare", index));
      }
    }
    throw error;
  }
}

async function mergeShards(
  { rooms, run, request, keys, signal, progress }: StepContext,
  plan: Plan,
): Promise<StepSummary> {
  const { prepareJobs, protocol } = plan;
  const records: ShardRecord[] = [];
  const films: Films[] = [];
  for (let first = 0; first < prepareJobs; first += AT_A_TIME) {
    signal.throwIfAborted();
    const indices = Array.from({ length: Math.min(AT_A_TIME, prepareJobs - first) }, (_, i) => first + i);
    for (const shard of await Promise.all(indices.map((index) => readShard(rooms.datasets, request, index)))) {
      records.push(shard.record);
      films.push(shard.films);
    }
    progress({ done: records.length, total: prepareJobs, unit: "shards" });
  }
  const merged = markNotLabelled(concatRows(FILM_COLUMNS, films), request.config.notLabelled);
  const where = `${rooms.runs.uri}/${keys.assignments}`;
  const assignments = decodeTable(ASSIGNMENT_COLUMNS, await rooms.runs.get(keys.assignments), where);
  const isUsed = (row: number): boolean => assignments.leftOut[row] === null;
  const setAside = records.flatMap((record) => record.setAside).filter(({ row }) => isUsed(row));
  await requireFilms(setAside, plan, rooms.datasets, request.config.prepare.maxSetAsideShare);
  const part = Array.from(merged.row, (row) => assignments.part[row] as Part | null);
  const parts = await loadParts(rooms.runs, run, protocol, { row: merged.row, part });
  const counts = recordOf(PARTS, (name) => parts[name].length);
  requireRows(counts);

  await rooms.runs.put(keys.rows, encodeTable(ROWS_COLUMNS, { ...merged, part }));
  await writeDocument(rooms.runs, keys.dataset, Dataset, {
    schema: "hilum.dataset/1",
    fingerprint: request.fingerprint,
    geometry: request.config.geometry,
    shards: records.map(({ key, rows, bytes, sha256 }) => ({ key, rows, bytes, sha256 })),
    rows: part.length,
    used: merged.row.filter(isUsed).length,
    setAside,
    warnings: countWarnings(merged),
  });
  return { rows: part.length, setAside: setAside.length, ...counts };
}

/** Reasons that a message names before it only counts. */
const SHOWN = 3;

/** Whoever may send films must not end runs by them: they are counted where there are no others. */
async function requireFilms(all: Dataset["setAside"], plan: Plan, datasets: Store, maxShare: number): Promise<void> {
  const sent = plan.readers === undefined || plan.readers.alone ? [] : plan.readers.readers;
  const isSent = sent.length === 0 ? () => false : await readersRows(datasets, plan.fingerprint);
  const setAside = all.filter(({ row }) => !isSent(row));
  const used = sent.reduce((rest, { rows }) => rest - rows, plan.rows.used);
  if (setAside.length <= maxShare * used) return;
  const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
  const shown = setAside.slice(0, SHOWN).map(({ file, line, reason }) => `${file} line ${line}: ${reason}`);
  const rest = setAside.length > SHOWN ? [`${setAside.length - SHOWN} more`] : [];
  throw new InputError(
    "too-many-set-aside",
    `${setAside.length} of ${used} films cannot be used (${percent(setAside.length / used)}), expected at most ${percent(maxShare)} (prepare.maxSetAsideShare): ${[...shown, ...rest].join("; ")}`,
  );
}

async function readersRows(datasets: Store, fingerprint: string): Promise<(row: number) => boolean> {
  const { source } = await loadManifest(datasets, datasetKeys(fingerprint).manifest);
  return (row) => isReadersSource(source[row]!);
}
