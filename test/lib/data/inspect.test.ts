import { beforeAll, describe, expect, test } from "vitest";
import { Inspection } from "../../../lib/contracts/inspection.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import type { Manifest } from "../../../lib/data/film-columns.ts";
import { inspect } from "../../../lib/data/inspect.ts";
import { readLabels } from "../../../lib/data/manifest.ts";
import { forEachObservation, OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { PARTS } from "../../../lib/domain/parts.ts";
import { renderInspection } from "../../../lib/report/inspection.ts";
import { STUDY_POSITIVES, studyTable } from "../../study-table.ts";

const settings = (more: object = {}) => RunConfig.parse({ name: "study", model: { network: "densenet121" }, ...more });
const rowsOf = (parts: Inspection["split"]) => PARTS.map((part) => parts[part].rows);

describe("a table with the study's counts", () => {
  let manifest: Manifest;
  beforeAll(async () => {
    const files = Object.entries(studyTable()).map(([name, text]) => ({
      name,
      folder: "",
      async *stream() {
        yield Buffer.from(text);
      },
    }));
    manifest = await readLabels(files);
  });

  test("under its own protocol gives every number that the study printed", async () => {
    const found = await inspect(manifest, settings({ protocol: "published", upsampling: { kind: "published" } }));
    expect(Inspection.parse(found)).toEqual(found);
    expect(found.rows).toEqual({
      read: 223_648,
      used: 191_229,
      leftOut: { "lateral view": 32_419 },
      unlabelled: 12,
    });
    expect(OBSERVATIONS.map((name) => found.observations[name]!.positives)).toEqual(STUDY_POSITIVES);
    expect(rowsOf(found.split)).toEqual([152_984, 19_124, 0, 19_123]);
    expect(found.upsampling).toMatchObject({ rowsBefore: 191_229, rowsAfter: 497_398 });
    expect(rowsOf(found.splitAfterUpsampling)).toEqual([397_919, 49_741, 0, 49_740]);
    const { testFilms, testFilmsInTraining, testPatients, testPatientsInTraining } = found.leakage;
    expect(testFilmsInTraining).toBeGreaterThan(0.75 * testFilms);
    expect(testPatientsInTraining).toBeGreaterThan(0.9 * testPatients);
    expect(found.subjects.sex.Unknown).toBe(1);
    expect(found.subjects.age["00 to 09"]).toBe(3);
    expect(found.subjects.view["frontal LL"]! + found.subjects.view["frontal RL"]!).toBe(17);
    const total = PARTS.reduce((sum, part) => sum + found.splitAfterUpsampling[part].rows, 0);
    const copies = forEachObservation((name) => found.observations[name]!.factor * found.observations[name]!.positives);
    expect(total - 2).toBe(copies.reduce((a, b) => a + b));
  });

  test("split by patient leaks nothing, and only training grows", async () => {
    const found = await inspect(manifest, settings({ upsampling: { kind: "table", factors: { Fracture: 3 } } }));
    expect(found.leakage).toMatchObject({ testFilmsInTraining: 0, testPatientsInTraining: 0 });
    expect(rowsOf(found.split).reduce((a, b) => a + b)).toBe(191_229);
    expect(PARTS.reduce((sum, part) => sum + found.split[part].patients, 0)).toBe(found.patients);
    expect(rowsOf(found.splitAfterUpsampling).slice(1)).toEqual(rowsOf(found.split).slice(1));
    const { prevalenceBefore, prevalenceAfter } = found.observations.Fracture!;
    const positives = Math.round(prevalenceBefore! * found.split.train.rows);
    expect(found.splitAfterUpsampling.train.rows).toBe(found.split.train.rows + 3 * positives);
    expect(prevalenceAfter).toBeCloseTo((4 * positives) / found.splitAfterUpsampling.train.rows, 12);
  });

  test("as a page: without script, with every observation and plot; correlations are what they must be", async () => {
    const found = await inspect(manifest, settings({ policy: "u-ignore" }));
    const page = await renderInspection(found);
    expect(page).not.toContain("<script");
    for (const name of OBSERVATIONS) expect(page).toContain(name);
    expect(page.match(/<svg/g)).toHaveLength(5);
    const { positives, negatives, ignored, labels } = found.observations.Consolidation!;
    expect({ positives, negatives, ignored }).toEqual({
      positives: labels.positive,
      negatives: labels.negative + labels.blank,
      ignored: labels.uncertain,
    });
    const { correlation } = found;
    correlation.forEach((line, a) => {
      expect(line[a]).toBeCloseTo(1, 12);
      line.forEach((r, b) => {
        expect(r).toBeCloseTo(correlation[b]![a]!, 12);
      });
    });
    expect(correlation[0]![3]).toBeLessThan(-0.2);
  });
});
