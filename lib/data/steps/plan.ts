import type { PlanAnswer } from "../../contracts/execution.ts";
import { datasetKeys, runKeys } from "../../contracts/layout.ts";
import { Plan } from "../../contracts/plan.ts";
import type { RunRequest } from "../../contracts/run.ts";
import { divisionOf } from "../../contracts/run-config.ts";
import { TestSet } from "../../contracts/test-set.ts";
import { Validation } from "../../contracts/validation.ts";
import { InputError } from "../../domain/errors.ts";
import { PARTS, type Part } from "../../domain/parts.ts";
import { recordOf } from "../../domain/record-of.ts";
import type { AnswerContext } from "../../steps/function.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { readDocument, writeDocument } from "../../store/documents.ts";
import type { Store } from "../../store/store.ts";
import { encodeTable } from "../arrow-columns.ts";
import {
  countLabels,
  type DividedRows,
  divideRows,
  isReadersAlone,
  naturalPrevalence,
  reasonsOf,
  type SelectedRows,
  selectRows,
  usedRows,
} from "../data-plan.ts";
import { ASSIGNMENT_COLUMNS, SEQUENCE_COLUMNS } from "../film-columns.ts";
import { loadManifest } from "../manifest.ts";
import { markNotLabelled } from "../not-labelled.ts";
import { noteAfter, readersTable } from "../readers-table.ts";
import { requireLabels, requireRows } from "../required-parts.ts";
import type { PartPositions } from "../rows.ts";
import { keptSalt } from "../salt.ts";
import { tally } from "../selection.ts";
import { findTestSet, makeTestSet, pinGivenTestSet, pinTestSet } from "../test-set.ts";

const MOST_JOBS = 10_000;

/** The manifest -> plan.json, assignments.arrow, sequence.arrow. Decides everything about the data before a pixel is read. */
export async function plan({ rooms, request, keys, note }: StepContext): Promise<StepSummary> {
  const { config, fingerprint } = request;
  const { provenance, statements } = await readDocument(rooms.runs, keys.validation, Validation);
  const read = await loadManifest(rooms.datasets, datasetKeys(fingerprint).manifest);
  const manifest = markNotLabelled(read, config.notLabelled);
  const selected = selectRows(manifest, config);
  const { rows, patients } = selected;
  const divided = await divideAndPin(rooms.datasets, rooms.runs, request, selected);
  const { parts } = divided;
  const reasons = reasonsOf(selected, divided);
  const { rows: used } = usedRows(selected, divided);
  const readers = readersTable(manifest, selected, divided, config.data.readerShare);
  const told = readers && noteAfter(readers);
  if (told !== undefined) note("warning", told);
  const prevalence = naturalPrevalence(selected, divided);
  requireLabels(prevalence);
  const document: Plan = {
    schema: "hilum.plan/1",
    run: request.run,
    fingerprint,
    geometry: config.geometry,
    policy: config.policy,
    protocol: divided.protocol,
    division: divided.division,
    salt: divided.salt,
    rows: { read: reasons.length, used: used.length, leftOut: tally(reasons) },
    parts: countOf((name) => parts[name].length),
    patients: countOf((name) => new Set(Array.from(parts[name], (place) => patients[place])).size),
    leakage: divided.leakage,
    ...(readers && { readers }),
    labels: countLabels(manifest, used),
    provenance,
    statements,
    naturalPrevalence: prevalence,
    prepareJobs: jobsFor(rows.length, config.prepare.rowsPerPart),
    trainJobs: config.training.seeds.length,
  };
  const isSplitByFilm = divided.protocol === "published";
  if (isSplitByFilm) await rooms.runs.put(keys.sequence, encodeTable(SEQUENCE_COLUMNS, sequenceOf(rows, parts)));
  const part = isSplitByFilm ? new Array<null>(reasons.length).fill(null) : partByRow(reasons.length, rows, parts);
  await rooms.runs.put(keys.assignments, encodeTable(ASSIGNMENT_COLUMNS, { part, leftOut: reasons }));
  await writeDocument(rooms.runs, keys.plan, Plan, document);
  return { used: used.length, leftOut: reasons.length - used.length, ...document.parts };
}

/**
 * Divides the rows around the folder's pinned test set, or pins the one that it draws; the run keeps a copy. Films of
 * readers alone pin nothing: what they send must not decide what later models are judged by.
 * @throws InputError `empty-part`, `given-test`, `test-set`
 */
async function divideAndPin(
  datasets: Store,
  runs: Store,
  request: RunRequest,
  selected: SelectedRows,
): Promise<DividedRows> {
  // Asked of each division, and before any is pinned: every later run of the folder would have its empty parts too.
  const divide = async (pinned?: TestSet) => {
    const salt = (ways: Parameters<typeof keptSalt>[2]) => keptSalt(datasets, request, ways);
    const divided = await divideRows(selected, request.config, salt, pinned && new Set(pinned.patients));
    requireRows(
      countOf((name) => divided.parts[name].length),
      tally(reasonsOf(selected, divided)),
    );
    return divided;
  };
  if (request.config.protocol !== "leak-free" || isReadersAlone(selected)) return divide();
  const present = new Set(selected.patients);
  const testSetOf = ({ parts: { test } }: DividedRows) =>
    makeTestSet(Array.from(test, (place) => selected.patients[place]!));
  const keepCopy = (pinned: TestSet) => writeDocument(runs, runKeys(request.run).testSet, TestSet, pinned);
  if (divisionOf(request.config.split) === "as-given") {
    const divided = await divide();
    await keepCopy(await pinGivenTestSet(datasets, request, testSetOf(divided), present));
    return divided;
  }
  const kept = await findTestSet(datasets, request, present);
  const divided = await divide(kept);
  const drawn = testSetOf(divided);
  const pinned = kept ?? (await pinTestSet(datasets, request, drawn, present));
  await keepCopy(pinned);
  // Another run of the folder may have pinned its own meanwhile.
  return kept || pinned.version === drawn.version ? divided : divide(pinned);
}

/** @throws InputError `too-many-jobs` */
function jobsFor(rows: number, rowsPerPart: number): number {
  const jobs = Math.ceil(rows / rowsPerPart);
  if (jobs <= MOST_JOBS) return jobs;
  const least = Math.ceil(rows / MOST_JOBS);
  const what = `${jobs} preparation jobs, expected at most ${MOST_JOBS}; set prepare.rowsPerPart to ${least} or more`;
  throw new InputError("too-many-jobs", what);
}

function partByRow(count: number, rows: Uint32Array, parts: PartPositions): (Part | null)[] {
  const part = new Array<Part | null>(count).fill(null);
  for (const name of PARTS) for (const place of parts[name]) part[rows[place]!] = name;
  return part;
}

function sequenceOf(rows: Uint32Array, parts: PartPositions) {
  const part = PARTS.flatMap((name) => new Array<Part>(parts[name].length).fill(name));
  const row = new Uint32Array(part.length);
  let end = 0;
  for (const name of PARTS) {
    row.set(
      parts[name].map((place) => rows[place]!),
      end,
    );
    end += parts[name].length;
  }
  return { part, row };
}

/** What the state machine's Choices read. */
export async function planAnswer({ run, rooms }: AnswerContext): Promise<PlanAnswer> {
  const { prepareJobs, trainJobs } = await readDocument(rooms.runs, runKeys(run).plan, Plan);
  return { prepareJobs, trainJobs };
}

const countOf = (count: (name: Part) => number): Record<Part, number> => recordOf(PARTS, count);
