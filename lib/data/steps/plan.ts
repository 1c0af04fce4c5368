import type { PlanAnswer } from "../../contracts/execution.ts";
import { datasetKeys, runKeys } from "../../contracts/layout.ts";
import { type LabelCounts, Plan } from "../../contracts/plan.ts";
import { InputError } from "../../domain/errors.ts";
import { BLANK, prevalenceOf, targetsOf } from "../../domain/label-policy.ts";
import { forEachObservation } from "../../domain/observations.ts";
import { PARTS, type Part } from "../../domain/parts.ts";
import { chooseSalt, patientKey, rowsOfParts, splitByPatient } from "../../domain/split.ts";
import type { AnswerContext } from "../../steps/function.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { readDocument, writeDocument } from "../../store/documents.ts";
import { encodeTable, takeRows } from "../arrow-columns.ts";
import { ASSIGNMENT_COLUMNS, LABEL_COLUMNS, labelMatrix, type Manifest } from "../film-columns.ts";
import { loadManifest } from "../manifest.ts";
import { requireRows } from "../required-parts.ts";
import { keptSalt } from "../salt.ts";
import { leftOut, selectedRows } from "../selection.ts";

const MOST_JOBS = 10_000;

/** manifest.arrow -> plan.json, assignments.arrow. Decides everything about the data before a pixel is read. */
export async function plan({ rooms, request, keys }: StepContext): Promise<StepSummary> {
  const { config, fingerprint } = request;
  const manifest = await loadManifest(rooms.datasets, datasetKeys(fingerprint).manifest);
  const reasons = leftOut(manifest, config.views);
  const selected = selectedRows(manifest, config.views);
  const patients = Array.from(selected, (row) => patientKey(manifest.source[row]!, manifest.patient[row]!));
  const targets = targetsOf(config.policy, labelMatrix(takeRows(LABEL_COLUMNS, manifest, selected)), selected);

  const salt = await keptSalt(rooms.datasets, request, {
    choose: () => chooseSalt(patients, targets, config.split, config.seed),
    isUsable: (kept) => {
      const parts = new Set(splitByPatient(patients, kept, config.split));
      return PARTS.every((name) => config.split[name] === 0 || parts.has(name));
    },
  });
  const parts = splitByPatient(patients, salt, config.split);
  const rows = rowsOfParts(parts);
  requireRows(countOf((name) => rows[name].length));

  const part = new Array<Part | null>(reasons.length).fill(null);
  selected.forEach((row, i) => {
    part[row] = parts[i]!;
  });
  const prepareJobs = Math.ceil(selected.length / config.prepare.rowsPerPart);
  if (prepareJobs > MOST_JOBS) {
    const least = Math.ceil(selected.length / MOST_JOBS);
    const what = `${prepareJobs} preparation jobs, expected at most ${MOST_JOBS}; set prepare.rowsPerPart to ${least} or more`;
    throw new InputError("too-many-jobs", what);
  }
  const document: Plan = {
    schema: "hilum.plan/1",
    run: request.run,
    fingerprint,
    geometry: config.geometry,
    policy: config.policy,
    protocol: config.protocol,
    salt,
    rows: { read: reasons.length, used: selected.length, leftOut: tally(reasons) },
    parts: countOf((name) => rows[name].length),
    patients: countOf((name) => new Set(Array.from(rows[name], (row) => patients[row])).size),
    labels: countLabels(manifest, selected),
    naturalPrevalence: prevalenceOf(targets, rows.train),
    prepareJobs,
    trainJobs: config.training.seeds.length,
  };
  await rooms.runs.put(keys.assignments, encodeTable(ASSIGNMENT_COLUMNS, { part, leftOut: reasons }));
  await writeDocument(rooms.runs, keys.plan, Plan, document);
  return { used: selected.length, leftOut: reasons.length - selected.length, ...document.parts };
}

/** What the state machine's Choices read. */
export async function planAnswer({ run, rooms }: AnswerContext): Promise<PlanAnswer> {
  const { prepareJobs, trainJobs } = await readDocument(rooms.runs, runKeys(run).plan, Plan);
  return { prepareJobs, trainJobs };
}

const countOf = (count: (name: Part) => number): Record<Part, number> =>
  Object.fromEntries(PARTS.map((name) => [name, count(name)])) as Record<Part, number>;

function tally(reasons: readonly (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) if (reason !== null) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

const countLabels = (manifest: Manifest, rows: Uint32Array): LabelCounts[] =>
  forEachObservation((name) => {
    const column = manifest[name];
    const count = (label: number) => rows.reduce((sum, row) => sum + (column[row] === label ? 1 : 0), 0);
    return { positive: count(1), negative: count(0), uncertain: count(-1), blank: count(BLANK) };
  });
