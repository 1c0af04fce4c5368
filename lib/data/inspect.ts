import type { InspectedObservation, Inspection } from "../contracts/inspection.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import { correlationOf } from "../domain/correlation.ts";
import { isLabel, prevalenceOf } from "../domain/label-policy.ts";
import { forEachObservation, OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { PARTS, type Part } from "../domain/parts.ts";
import { alsoPositive, PUBLISHED_FACTORS, upsample } from "../domain/upsampling.ts";
import { UNKNOWN_AGE } from "./column-codecs.ts";
import {
  countLabels,
  type DividedRows,
  divideRows,
  naturalPrevalence,
  reasonsOf,
  type SelectedRows,
  selectRows,
  usedRows,
} from "./data-plan.ts";
import type { Manifest } from "./film-columns.ts";
import { markNotLabelled, requireSources } from "./not-labelled.ts";
import { readersTable } from "./readers-table.ts";
import type { PartPositions } from "./rows.ts";
import { tally } from "./selection.ts";

export type InspectOptions = Pick<
  RunConfig,
  "views" | "policy" | "notLabelled" | "protocol" | "split" | "upsampling" | "seed" | "data"
>;

/**
 * What a run of these labels would be made of. Looks at no film; chooses the salt that a first run would choose.
 * @throws InputError `not-labelled` where `notLabelled` names a source that is not there
 */
export async function inspect(read: Manifest, options: InspectOptions): Promise<Inspection> {
  requireSources(read, options.notLabelled);
  const manifest = markNotLabelled(read, options.notLabelled);
  const selected = selectRows(manifest, options);
  const plain = await divide(selected, { ...options, upsampling: { kind: "none" } });
  const { divided, parts, upsampling } = await upsampled(selected, plain, options);
  const { patients, targets } = selected;
  const reasons = reasonsOf(selected, divided);
  const used = usedRows(selected, divided);
  const { rows } = used;
  const labels = countLabels(manifest, rows);
  const before = naturalPrevalence(selected, divided);
  const after = prevalenceOf(targets, parts.train);
  return {
    schema: "hilum.inspection/1",
    files: [...countTexts(manifest.file)].map(([file, count]) => ({ file, rows: count })),
    rows: {
      read: reasons.length,
      used: rows.length,
      leftOut: tally(reasons),
      unlabelled: rows.filter((row) => OBSERVATIONS.every((name) => !isLabel(manifest[name][row]!))).length,
    },
    patients: new Set(used.patients).size,
    policy: options.policy,
    notLabelled: options.notLabelled,
    protocol: divided.protocol,
    division: divided.division,
    salt: divided.salt,
    upsampling: { rule: options.upsampling, rowsBefore: upsampling.rowsBefore, rowsAfter: upsampling.rowsAfter },
    split: sizes(plain.parts, patients),
    splitAfterUpsampling: sizes(parts, patients),
    leakage: divided.leakage,
    readers: readersTable(manifest, selected, divided, options.data.readerShare) ?? null,
    observations: Object.fromEntries(
      forEachObservation((name, k): [Observation, InspectedObservation] => [
        name,
        {
          labels: labels[k]!,
          ...countTargets(used.targets, k),
          factor: upsampling.factors[k]!,
          prevalenceBefore: before[k]!,
          prevalenceAfter: after[k]!,
        },
      ]),
    ) as Record<Observation, InspectedObservation>,
    correlation: correlationOf(used.targets),
    alsoPositive: alsoPositive(targets, divided.protocol === "published" ? undefined : divided.parts.train),
    subjects: countSubjects(manifest, rows),
  };
}

const divide = (selected: SelectedRows, options: InspectOptions): Promise<DividedRows> =>
  divideRows(selected, options, async ({ choose }) => choose());

async function upsampled(selected: SelectedRows, plain: DividedRows, options: InspectOptions) {
  const rule = options.upsampling;
  if (plain.protocol === "published") {
    const divided = await divide(selected, options);
    const { parts } = divided;
    // Neighbouring parts share a row, at two borders.
    const rowsAfter = parts.train.length + parts.tuning.length + parts.test.length - 2;
    const factors = rule.kind === "published" ? PUBLISHED_FACTORS : forEachObservation(() => 0);
    return { divided, parts, upsampling: { factors, rowsBefore: selected.rows.length, rowsAfter } };
  }
  const { positions, factors, rowsBefore } = upsample(plain.parts.train, selected.targets, rule, options.seed);
  const parts: PartPositions = { ...plain.parts, train: positions };
  return { divided: plain, parts, upsampling: { factors, rowsBefore, rowsAfter: positions.length } };
}

const sizes = (parts: PartPositions, patients: readonly string[]): Inspection["split"] =>
  Object.fromEntries(
    PARTS.map((name) => {
      const found = new Set<string>();
      for (const place of parts[name]) found.add(patients[place]!);
      return [name, { rows: parts[name].length, patients: found.size }];
    }),
  ) as Record<Part, { rows: number; patients: number }>;

function countTargets(targets: Float32Array, k: number): { positives: number; negatives: number; ignored: number } {
  const counts = { positives: 0, negatives: 0, ignored: 0 };
  for (let i = k; i < targets.length; i += OBSERVATION_COUNT) {
    const target = targets[i]!;
    if (Number.isNaN(target)) counts.ignored += 1;
    else if (target > 0.5) counts.positives += 1;
    else counts.negatives += 1;
  }
  return counts;
}

function countSubjects(manifest: Manifest, rows: Uint32Array): Inspection["subjects"] {
  const ages = Array.from(rows, (row) => decade(manifest.age[row]!));
  return {
    source: sorted(countTexts(Array.from(rows, (row) => manifest.source[row]!))),
    sex: sorted(countTexts(Array.from(rows, (row) => manifest.sex[row]!))),
    age: sorted(countTexts(ages)),
    view: sorted(countTexts(manifest.view.map((view, row) => `${view} ${manifest.projection[row] ?? ""}`.trim()))),
  };
}

function decade(age: number): string {
  if (age === UNKNOWN_AGE) return "unknown";
  const first = String(10 * Math.floor(age / 10)).padStart(2, "0");
  return `${first} to ${String(Number(first) + 9).padStart(2, "0")}`;
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));

function countTexts(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
