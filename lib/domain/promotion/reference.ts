import { OBSERVATIONS, type Observation } from "../observations.ts";
import { type Check, plain } from "./check.ts";
import { type Candidate, type Exam, type Reference, ROLES, type Role } from "./contenders.ts";
import { standing } from "./eligibility.ts";
import { meanAurocHeld } from "./mean-auroc.ts";
import { observationsHeld, tells } from "./observations.ts";
import type { GateRules } from "./rules.ts";

/** With fewer patients, resampling them draws nearly the same set again and again, and its bounds mean nothing. */
const LEAST_PATIENTS = 10;

/** Everything in which a candidate has to hold against one reference, on every exam. */
export function against(candidate: Candidate, reference: Reference, rules: GateRules, seed: number): Check[] {
  const role = ROLES.find((one) => reference.roles.includes(one))!;
  return [
    ...standing(candidate, reference, role),
    ...forgotten(candidate, reference, role),
    ...examined(candidate, reference, rules, seed, role),
  ];
}

/** What the reference answers and the candidate never learned is lost, whatever the exams say: they can't ask it. */
function forgotten({ learned }: Candidate, reference: Reference, role: Role): Check[] {
  const lost = reference.learned.filter((name) => !learned.includes(name));
  if (lost.length === 0) return [];
  const detail = `${reference.version} answers for ${lost.join(", ")}, of which this model had no training films of both classes`;
  return [plain(`${role}/learned`, false, detail)];
}

function examined(candidate: Candidate, reference: Reference, rules: GateRules, seed: number, role: Role): Check[] {
  const { version, exams } = reference;
  const rule = `${role}/exam`;
  if (typeof exams === "string") return [plain(rule, false, `cannot be compared with ${version}: ${exams}`)];
  const usable = exams.filter(isUsable);
  if (usable.length === 0) {
    const detail = `cannot be compared with ${version}: no ${LEAST_PATIENTS} patients with films of both classes that neither has seen`;
    return [plain(rule, false, detail)];
  }
  const names = OBSERVATIONS.filter((name) => candidate.claimed.includes(name) || reference.claimed.includes(name));
  return [
    ...untold(usable, reference, role),
    ...usable.flatMap((exam) => {
      const named = { rule: `${role}/${exam.of}-films`, on: onFilms(exam, role, version) };
      const told = names.filter((name) => tells(exam, name));
      return [
        meanAurocHeld(exam, rules, seed, { ...named, rule: `${named.rule}/mean-auroc` }),
        ...observationsHeld(exam, told, [candidate, reference], rules, named),
      ];
    }),
  ];
}

/** What a reference claims must be judged on one exam at least. */
const untold = (exams: readonly Exam[], { version, claimed }: Reference, role: Role): Check[] =>
  claimed
    .filter((name) => !exams.some((exam) => tells(exam, name)))
    .map((name: Observation) =>
      plain(
        `${role}/observation/${name}`,
        false,
        `${version} claims ${name}, of which too few patients are left that neither has seen`,
      ),
    );

function isUsable({ patients, labels }: Exam): boolean {
  const seen = (column: Float64Array, positive: boolean): boolean =>
    column.some((label) => (positive ? label > 0.5 : label <= 0.5));
  return new Set(patients).size >= LEAST_PATIENTS && labels.some((column) => seen(column, true) && seen(column, false));
}

const WHOSE = { candidate: "this model's", reference: "that model's" } as const;

const onFilms = ({ of, patients }: Exam, role: Role, version: string): string =>
  `against the ${role} ${version}, on ${patients.length} of ${WHOSE[of]} test films (${new Set(patients).size} patients)`;
