import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { NOTICE, type Warning } from "../../lib/contracts/api.ts";
import { EXIT, InputError, reportError } from "../../lib/domain/errors.ts";
import type { Observation } from "../../lib/domain/observations.ts";
import { type Finding, findings } from "../../lib/inference/findings.ts";
import type { Predictor } from "../../lib/inference/predictor.ts";

export interface Explanation {
  readonly observation: Observation;
  /** The picture that was written. */
  readonly file: string;
  /** The hottest region in film pixels; null where none stands out. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

/** What `predict --json` prints for a file. */
export type PredictionResult =
  | {
      readonly file: string;
      readonly findings: readonly Finding[];
      readonly explanations?: readonly Explanation[];
      readonly warnings: readonly Warning[];
      readonly model: { readonly name: string; readonly version: string };
      readonly notice: typeof NOTICE;
    }
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } };

export interface PredictFileOptions {
  /** Folder for heat maps. */
  readonly explain?: string;
  readonly observations?: readonly Observation[];
}

/** One file's answer or error; nothing is thrown. */
export async function predictFile(
  predictor: Predictor,
  file: string,
  options: PredictFileOptions,
): Promise<{ readonly result: PredictionResult; readonly exitCode: number }> {
  try {
    return { result: await answer(predictor, file, options), exitCode: EXIT.done };
  } catch (error) {
    const { code, message, exitCode } = reportError(error);
    return { result: { file, error: { code, message } }, exitCode };
  }
}

async function answer(
  predictor: Predictor,
  file: string,
  { explain, observations }: PredictFileOptions,
): Promise<PredictionResult> {
  const film = await readBytes(file);
  const { prediction, warnings } = await predictor.answer(film);
  const found = findings(prediction, predictor.version);
  const { name, version } = predictor.version;
  const explanations: Explanation[] = [];
  if (explain !== undefined) {
    await mkdir(explain, { recursive: true });
    for (const observation of observations ?? worthExplaining(found)) {
      const { png, box } = await predictor.picture(film, { style: "overlay", observation });
      const picture = join(explain, `${basename(file)}.${observation.toLowerCase().replaceAll(" ", "-")}.png`);
      await writeFile(picture, png);
      explanations.push({ observation, file: picture, box });
    }
  }
  return {
    file,
    findings: found,
    ...(explain !== undefined && { explanations }),
    warnings,
    model: { name, version },
    notice: NOTICE,
  };
}

/** The positive findings; where there is none, the one that comes nearest to its operating point. */
function worthExplaining(found: readonly Finding[]): Observation[] {
  const places = found.filter(({ observation }) => observation !== "No Finding");
  const positive = places.filter((finding) => finding.positive);
  if (positive.length > 0) return positive.map(({ observation }) => observation);
  const nearness = ({ probability, threshold }: Finding) => probability / Math.max(threshold, Number.EPSILON);
  return places.length === 0 ? [] : [places.reduce((a, b) => (nearness(b) > nearness(a) ? b : a)).observation];
}

/** Reasons of the operating system, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder, expected a film",
  EACCES: "may not be read",
};

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw new InputError("film-file", `${file}: ${REASONS[code] ?? (cause as Error).message}`, { cause });
  }
}
