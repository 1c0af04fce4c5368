import { extname } from "node:path";
import { InputError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { csvText } from "../../../lib/evaluation/predictions-csv.ts";
import type { Finding } from "../../../lib/inference/findings.ts";
import type { PredictionResult } from "./answer.ts";

/** A file of one film a line. */
export interface OutFormat {
  readonly header: string;
  /** How each line starts, so that another's file is not taken for ours. */
  readonly opening: string;
  /** Whether line breaks may stand within quotes. */
  readonly quoted: boolean;
  line(result: PredictionResult): string;
}

/**
 * `Path` and the 14 names are what `hilum metrics` reads; a film without an answer has its error instead, and an observation
 * that the model did not learn has blank cells. Where a film is out of distribution, nothing is said to be above threshold.
 */
export const CSV_COLUMNS = [
  ...["Path", ...OBSERVATIONS],
  ...[
    "Above threshold",
    "Out of distribution",
    "Not learned",
    "Not claimed",
    "Warnings",
    "Error",
    "Model",
    "Version",
    "Caution",
  ],
];

const csvRow = (cells: readonly string[]): string => `${cells.map(csvText).join(",")}\n`;

function csvLine(result: PredictionResult): string {
  const { file, model, caution } = result;
  const by = [model.name, model.version, caution ?? ""];
  if ("error" in result) {
    const { code, message } = result.error;
    return csvRow([file, ...OBSERVATIONS.map(() => ""), "", "", "", "", "", `${code}: ${message}`, ...by]);
  }
  const namesWhere = (is: (finding: Finding) => boolean): string =>
    result.findings
      .filter(is)
      .map(({ observation }) => observation)
      .join("; ");
  return csvRow([
    file,
    ...result.findings.map(({ probability }) => (probability === null ? "" : String(probability))),
    namesWhere(({ decision }) => decision === "above-threshold"),
    result.outOfDistribution === null ? "not checked" : result.outOfDistribution ? "yes" : "no",
    namesWhere(({ status }) => status === "not-learned"),
    namesWhere(({ status }) => status === "not-claimed"),
    result.warnings.map(({ code }) => code).join("; "),
    "",
    ...by,
  ]);
}

/** By the ending of the file's name. */
const OUT_FORMATS = {
  ".csv": { header: csvRow(CSV_COLUMNS), opening: "", quoted: true, line: csvLine },
  ".jsonl": {
    header: "",
    opening: '{"file":',
    quoted: false,
    line: (result: PredictionResult) => `${JSON.stringify(result)}\n`,
  },
} as const satisfies Record<string, OutFormat>;

/** @throws InputError `out-file` where the name does not end in a format that is written */
export function outFormat(path: string): OutFormat {
  const ending = extname(path).toLowerCase();
  const format = Object.entries(OUT_FORMATS).find(([name]) => name === ending)?.[1];
  if (format !== undefined) return format;
  throw new InputError("out-file", `${path}: expected a name that ends in ${Object.keys(OUT_FORMATS).join(" or ")}`);
}
