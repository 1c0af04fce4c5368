import { type Check, plain } from "./check.ts";
import type { Candidate, Reference } from "./contenders.ts";

/**
 * Of a model that no other is compared with only its own test films tell: patients that it was trained on, or films that
 * readers picked, tell nothing.
 */
export function firstModel(candidate: Candidate, isBesidePhantoms: boolean): Check[] {
  const champion = isBesidePhantoms ? "no model of patients' films is in production" : "no model is in production";
  return [
    plain("champion", true, `${champion}, so that the candidate's own test films decide`),
    plain(
      "leaks",
      !candidate.leaks,
      candidate.leaks
        ? "its own test films are all that speaks for it, and it was trained on patients of theirs"
        : "it was trained on no patient of its test films",
    ),
    plain(
      "readers",
      !candidate.readersOnly,
      candidate.readersOnly
        ? "its own test films are all that speaks for it, and readers sent every one of them"
        : "its test films are not readers' alone",
    ),
  ];
}

/** Why a reference is none for this candidate or keeps its place whatever the exams say. */
export function standing(candidate: Candidate, { version, kind, leaks }: Reference, role: string): Check[] {
  const checks: Check[] = [];
  if (candidate.kind === "phantom" && kind === "films") {
    checks.push(plain(`${role}/kind`, false, `it learned from phantoms, ${version} from films of patients`));
  }
  if (candidate.leaks && !leaks) {
    const detail = `it was trained on patients of its test films, ${version} on none of its own`;
    checks.push(plain(`${role}/leaks`, false, detail));
  }
  return checks;
}
