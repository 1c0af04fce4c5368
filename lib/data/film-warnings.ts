import { tally } from "../domain/tally.ts";
import type { Films } from "./film-columns.ts";

const BETWEEN = " ";

/** Codes of a film's warnings as one cell of a column. */
export const warningsCell = (codes: readonly string[]): string => codes.join(BETWEEN);

/** Films by each warning that they have; one with several counts in each. */
export const countWarnings = ({ warnings }: Pick<Films, "warnings">): Record<string, number> =>
  tally(warnings.flatMap((cell) => (cell === "" ? [] : cell.split(BETWEEN))));
