import { UpsamplingRecord } from "../../contracts/dataset.ts";
import { Plan } from "../../contracts/plan.ts";
import { targetsOf } from "../../domain/label-policy.ts";
import { upsample as planEpoch } from "../../domain/upsampling.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { readDocument, writeDocument } from "../../store/documents.ts";
import { encodeTable } from "../arrow-columns.ts";
import { EPOCH_PLAN_COLUMNS, labelMatrix } from "../film-columns.ts";
import { loadRows, splitOf } from "../rows.ts";

/** rows.arrow -> epoch-plan.arrow, upsampling.json: training positions only, since the split came first. */
export async function upsample({ rooms, run, request, keys }: StepContext): Promise<StepSummary> {
  const { policy } = await readDocument(rooms.runs, keys.plan, Plan);
  const rows = await loadRows(rooms.runs, run);
  const targets = targetsOf(policy, labelMatrix(rows), rows.row);
  const { upsampling, seed } = request.config;
  const plan = planEpoch(splitOf(rows).train, targets, upsampling, seed);
  await rooms.runs.put(keys.epochPlan, encodeTable(EPOCH_PLAN_COLUMNS, { position: plan.positions }));
  const record = {
    schema: "hilum.upsampling/1" as const,
    factors: [...plan.factors],
    rowsBefore: plan.rowsBefore,
    rowsAfter: plan.positions.length,
    naturalPrevalence: [...plan.naturalPrevalence],
    plannedPrevalence: [...plan.plannedPrevalence],
  };
  await writeDocument(rooms.runs, keys.upsampling, UpsamplingRecord, record);
  return { rowsBefore: record.rowsBefore, rowsAfter: record.rowsAfter };
}
