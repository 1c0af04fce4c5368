import { UpsamplingRecord } from "../../contracts/dataset.ts";
import { Plan } from "../../contracts/plan.ts";
import { prevalenceOf, targetsOf } from "../../domain/label-policy.ts";
import { forEachObservation } from "../../domain/observations.ts";
import { alsoPositive, type EpochPlan, PUBLISHED_FACTORS, upsample as planEpoch } from "../../domain/upsampling.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { readDocument, writeDocument } from "../../store/documents.ts";
import { encodeTable } from "../arrow-columns.ts";
import { EPOCH_PLAN_COLUMNS, labelMatrix } from "../film-columns.ts";
import { requireLabels } from "../required-parts.ts";
import { loadParts, loadRows, type PartPositions, splitOf } from "../rows.ts";

/**
 * rows.arrow -> epoch-plan.arrow, upsampling.json: training positions only, since the split came first. Under the published
 * protocol it did not, and the training part of the sequence is the epoch.
 */
export async function upsample({ rooms, run, request, keys }: StepContext): Promise<StepSummary> {
  const plan = await readDocument(rooms.runs, keys.plan, Plan);
  const rows = await loadRows(rooms.runs, run);
  const targets = targetsOf(plan.policy, labelMatrix(rows), rows.row);
  const { upsampling, seed } = request.config;
  const parts = await loadParts(rooms.runs, run, plan.protocol, rows);
  const epoch =
    plan.protocol === "published"
      ? studyEpoch(parts, targets, plan, upsampling.kind)
      : planEpoch(splitOf(rows).train, targets, upsampling, seed);
  requireLabels(epoch.plannedPrevalence);
  await rooms.runs.put(keys.epochPlan, encodeTable(EPOCH_PLAN_COLUMNS, { position: epoch.positions }));
  const record = {
    schema: "hilum.upsampling/1" as const,
    factors: [...epoch.factors],
    rowsBefore: epoch.rowsBefore,
    rowsAfter: epoch.positions.length,
    naturalPrevalence: [...epoch.naturalPrevalence],
    plannedPrevalence: [...epoch.plannedPrevalence],
    alsoPositive: alsoPositive(targets, parts.train),
  };
  await writeDocument(rooms.runs, keys.upsampling, UpsamplingRecord, record);
  return { rowsBefore: record.rowsBefore, rowsAfter: record.rowsAfter };
}

const studyEpoch = ({ train }: PartPositions, targets: Float32Array, plan: Plan, kind: string): EpochPlan => ({
  positions: train,
  factors: forEachObservation((_, k) => (kind === "published" ? PUBLISHED_FACTORS[k]! : 0)),
  rowsBefore: new Set(train).size,
  naturalPrevalence: plan.naturalPrevalence,
  plannedPrevalence: prevalenceOf(targets, train),
});
