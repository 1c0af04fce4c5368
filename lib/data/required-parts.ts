import { InputError } from "../domain/errors.ts";
import type { Part } from "../domain/parts.ts";

/** Without these there is nothing to fit and nothing to report on. */
const REQUIRED = ["train", "test"] as const;

/**
 * @param leftOut rows that the configuration leaves out, by reason
 * @throws InputError `empty-part` naming the parts and what to change
 */
export function requireRows(
  rows: Readonly<Record<Part, number>>,
  leftOut: Readonly<Record<string, number>> = {},
): void {
  const empty = REQUIRED.filter((name) => rows[name] === 0);
  if (empty.length === 0) return;
  const counts = Object.entries(rows).map(([name, count]) => `${name} ${count}`);
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${reason} ${count}`);
  const others = reasons.length > 0 ? `; left out: ${reasons.join(", ")}` : "";
  const shares = empty.map((name) => `split.${name}`).join(" and ");
  throw new InputError(
    "empty-part",
    `split with no rows: ${empty.join(" and ")} (${counts.join(", ")}${others}), expected at least one; add patients or raise ${shares} in the configuration`,
  );
}

/**
 * @param prevalence share of positives among the training labels that count, by observation; null where none does
 * @throws InputError `no-labels` where none counts at all
 */
export function requireLabels(prevalence: readonly (number | null)[]): void {
  if (prevalence.some((share) => share !== null)) return;
  throw new InputError(
    "no-labels",
    "training part: no label that counts, expected at least one; see policy and notLabelled in the configuration, and hilum inspect",
  );
}
