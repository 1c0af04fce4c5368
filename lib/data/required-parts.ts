import { InputError } from "../domain/errors.ts";
import type { Part } from "../domain/parts.ts";

/** Without these there is nothing to fit and nothing to report on. */
const REQUIRED = ["train", "test"] as const;

/** @throws InputError `empty-part` naming the parts and what to change */
export function requireRows(rows: Readonly<Record<Part, number>>): void {
  const empty = REQUIRED.filter((name) => rows[name] === 0);
  if (empty.length === 0) return;
  const counts = Object.entries(rows).map(([name, count]) => `${name} ${count}`);
  const shares = empty.map((name) => `split.${name}`).join(" and ");
  throw new InputError(
    "empty-part",
    `split with no rows: ${empty.join(" and ")} (${counts.join(", ")}), expected at least one; add patients or raise ${shares} in the configuration`,
  );
}
