import { describe, expect, test } from "vitest";
import { tellValidation } from "../../bin/cli/tell-validation.ts";
import { ExternalValidation } from "../../lib/contracts/external-validation.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../lib/domain/observations.ts";
import { externalFigures } from "../../lib/evaluation/external/figures.ts";
import { renderExternalValidation } from "../../lib/report/external-validation.ts";
import { syntheticTable } from "../lib/evaluation/synthetic.ts";

const table = syntheticTable("test", 120, 1);
const JUDGED = OBSERVATIONS.filter((name) => name !== "Atelectasis");
const FILMS = table.count;
const thresholds = new Array<number>(OBSERVATION_COUNT).fill(0.3);
const CAUTION = "Learned from drawings, not from patients: its figures and answers say nothing about real films.";

/** A validation in which the service decides on the films of which `decided` is true; on all where there is no check. */
function made(decided: readonly boolean[] | null, caution: string | null = null): ExternalValidation {
  const strange = decided?.filter((is) => !is).length ?? 0;
  return ExternalValidation.parse({
    schema: "hilum.external-validation/1",
    id: "ward-7-01234567",
    createdAt: "2026-11-01T00:00:00.000Z",
    model: { version: "0123456789abcdef", name: "tiny", run: "tiny-01234567" },
    caution,
    data: {
      ...{ name: "ward 7", uri: "file:///ward-7", csv: ["train.csv"], fingerprint: "0".repeat(64) },
      ...{ views: ["frontal"], policy: { uncertain: "ignore", blank: "zero" } },
    },
    films: { read: FILMS + 537, judged: FILMS, leftOut: { "film that the model was fitted on": 537 } },
    overlap: { unchecked: null, ownTestFilms: 0 },
    subjects: {
      ...{ patients: 120, studies: FILMS, sex: {}, age: null, ageUnknown: FILMS },
      ...{ projection: {}, source: {} },
    },
    outOfDistribution: decided && { films: strange, share: strange / FILMS },
    seed: 1,
    operatingPoint: "max-f1",
    thresholds,
    folds: 5,
    notJudged: { Atelectasis: "not labelled in this data set" },
    ...externalFigures({
      table: { ...table, patients: table.patientIds, studies: table.paths, decided },
      judged: JUDGED,
      model: { thresholds, operatingPoint: "max-f1" },
      internal: undefined,
      seed: 1,
    }),
  });
}

const firstPatient = table.patientIds.map((id) => id === table.patientIds[0]);
const some = made(firstPatient, CAUTION);
const decided = firstPatient.filter(Boolean).length;

describe("an external validation, told on the terminal and on its page", () => {
  test("says before all else what a model of drawings is", () => {
    expect(tellValidation(some, "report.html").split("\n")[0]).toBe(CAUTION);
    expect(renderExternalValidation(some)).toContain(`<strong>${CAUTION}</strong>`);
    expect(tellValidation(made(null), "report.html")).not.toContain("drawings");
    expect(renderExternalValidation(made(null))).not.toContain("drawings");
  });

  test("tells how many films get a decision as served, and their figures beside those of all", () => {
    const share = `${decided} of ${FILMS} films`;
    const page = renderExternalValidation(some);
    for (const text of [tellValidation(some, "report.html"), page]) expect(text).toContain(share);
    expect(page).toMatch(/Decisions as served<\/b>: at the model's own threshold, over the films that get a decision/);
    expect(page.replaceAll(/\s+/g, " ")).not.toContain("Transferred: the model's own, as served");
    expect(page).toContain("also on films that as served get no decision");
    const edema = some.perObservation.Edema!;
    expect(edema.decided!.rows).toBeLessThanOrEqual(decided);
    expect(edema.external.rows).toBeGreaterThan(decided);
    const line = tellValidation(some, "report.html")
      .split("\n")
      .find((one) => one.startsWith("Edema") && one.includes("0.300"))!;
    expect(line.split(/\s{2,}/)[4]).toBe(String(edema.decided!.rows));
  });

  test("of a model without a check says that every film gets one, and has one set of figures", () => {
    const all = made(null);
    expect(all.perObservation.Edema!.decided).toBeNull();
    const told = tellValidation(all, "report.html");
    expect(told).toContain("Given a decision as served: all");
    expect(told).not.toContain("decided ");
    expect(renderExternalValidation(all)).not.toContain("get no decision");
  });

  test("is figures of all films where all get a decision", () => {
    const { external, decided: same } = made(table.paths.map(() => true)).perObservation.Edema!;
    expect(external).toMatchObject(same!);
  });

  test("marks what few films stand behind, gives a reason for each dash, and names model and data", () => {
    const told = tellValidation(some, "report.html");
    expect(told).toContain(`Model tiny (0123456789abcdef) on ward 7: ${FILMS} films of 120 patients`);
    expect(told).toContain("film that the model was fitted on: 537");
    expect(told).toMatch(/^Pleural Other † /m);
    expect(told).toContain("† fewer than 30 positives or negatives: no accuracy is claimed");
    expect(told).toMatch(/^- not defined: /m);
    expect(told).toContain("not defined, as there is no figure of Atelectasis");
    expect(told).not.toMatch(/: -\s*$/m);
  });
});
