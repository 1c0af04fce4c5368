import { parse } from "csv-parse/sync";
import { InputError } from "../../lib/domain/errors.ts";
import { forEachObservation } from "../../lib/domain/observations.ts";

/** What a model said of the films of its test patients. */
export interface HeldOutRows {
  /** Name of each film. */
  readonly films: readonly string[];
  /** Name of each film's patient. */
  readonly patients: readonly string[];
  /** Labels (1, 0, NaN masked) and scores of each observation, a value a film. */
  readonly columns: readonly { readonly labels: Float64Array; readonly scores: Float64Array }[];
}

type Row = Readonly<Record<string, string>>;

/**
 * The test films of a run's predictions.csv.
 * @throws InputError `predictions` where a column is missing or a cell is no number
 */
export function heldOutRows(csv: Uint8Array, where: string): HeldOutRows {
  const rows = (parse(Buffer.from(csv), { columns: true }) as Row[]).filter((row) => row.part === "test");
  const cell = (row: Row, column: string): string => {
    const value = row[column];
    if (value === undefined) throw new InputError("predictions", `${where}: no column ${JSON.stringify(column)}`);
    return value;
  };
  const number = (row: Row, column: string): number => {
    const text = cell(row, column);
    const value = text === "" ? Number.NaN : Number(text);
    if (text !== "" && Number.isNaN(value)) {
      throw new InputError("predictions", `${where}: ${JSON.stringify(text)} in ${column}, expected a number`);
    }
    return value;
  };
  return {
    films: rows.map((row) => cell(row, "path")),
    patients: rows.map((row) => cell(row, "patient")),
    columns: forEachObservation((name) => ({
      labels: Float64Array.from(rows, (row) => number(row, `label ${name}`)),
      scores: Float64Array.from(rows, (row) => number(row, `probability ${name}`)),
    })),
  };
}
