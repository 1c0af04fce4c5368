import { describe, expect, test } from "vitest";
import { tellValidation } from "../../bin/cli/tell-validation.ts";
import { renderExternalValidation } from "../../lib/report/external-validation.ts";
import { syntheticValidation, table } from "../lib/report/synthetic-validation.ts";

const FILMS = table.count;
const CAUTION = "Learned from drawings, not from patients: its figures and answers say nothing about real films.";

const firstPatient = table.patientIds.map((id) => id === table.patientIds[0]);
const some = syntheticValidation(firstPatient, CAUTION);
const decided = firstPatient.filter(Boolean).length;

describe("an external validation, told on the terminal and on its page", () => {
  test("says before all else what a model of drawings is", () => {
    expect(tellValidation(some, "report.html").split("\n")[0]).toBe(CAUTION);
    expect(renderExternalValidation(some)).toContain(`<strong>${CAUTION}</strong>`);
    expect(tellValidation(syntheticValidation(null), "report.html")).not.toContain("drawings");
    expect(renderExternalValidation(syntheticValidation(null))).not.toContain("drawings");
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
    const all = syntheticValidation(null);
    expect(all.perObservation.Edema!.decided).toBeNull();
    const told = tellValidation(all, "report.html");
    expect(told).toContain("Given a decision as served: all");
    expect(told).not.toContain("decided ");
    expect(renderExternalValidation(all)).not.toContain("get no decision");
  });

  test("has no table of decisions as served where no film gets one", () => {
    const page = renderExternalValidation(syntheticValidation(table.paths.map(() => false)));
    expect(page).toContain("no figure of decisions as served");
    expect(page).not.toContain("Decisions as served</b>");
  });

  test("is figures of all films where all get a decision", () => {
    const { external, decided: same } = syntheticValidation(table.paths.map(() => true)).perObservation.Edema!;
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
