import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type ModelIdentity, NOTICE, type Warning } from "../../../lib/contracts/api.ts";
import { EXIT, type ExitCode, reportError } from "../../../lib/domain/errors.ts";
import type { Rectangle } from "../../../lib/domain/geometry.ts";
import { type Observation, observationIndex } from "../../../lib/domain/observations.ts";
import { cautionOf } from "../../../lib/domain/provenance.ts";
import { overlayPng } from "../../../lib/imaging/overlay.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import type { FilmAnswer } from "../../../lib/inference/film-service.ts";
import { type Finding, findings, worthExplaining } from "../../../lib/inference/findings.ts";
import { heatGrid } from "../../../lib/inference/heat-grid.ts";
import type { Predictor } from "../../../lib/inference/predictor.ts";
import { identityOf } from "../../../lib/registry/version-id.ts";
import { makeFolder } from "../../../lib/setup/make-folder.mjs";
import { temporaryBeside } from "../../../lib/store/temporary-file.ts";
import { readFilmFile } from "./film-bytes.ts";
import type { FilmFile } from "./films.ts";
import { mapFile } from "./map-file.ts";

export interface Explanation {
  readonly observation: Observation;
  /** The picture that was written. */
  readonly file: string;
  /** The hottest region in film pixels; null where none stands out. */
  readonly box: Rectangle | null;
}

interface AnsweredBy {
  readonly file: string;
  readonly model: ModelIdentity;
  readonly notice: typeof NOTICE;
  /** What to say beside an answer of such a model; null where there is nothing to say. */
  readonly caution: string | null;
}

/** What `predict` says of a file; one line of JSON with `--json`. */
export type PredictionResult =
  | (AnsweredBy & {
      /** Null where the model has no check for it. */
      readonly outOfDistribution: boolean | null;
      readonly findings: readonly Finding[];
      readonly explanations?: readonly Explanation[];
      readonly warnings: readonly Warning[];
    })
  | (AnsweredBy & { readonly error: { readonly code: string; readonly message: string } });

export interface AnswerOptions {
  /** Folder for heat maps. */
  readonly explain?: string | undefined;
  /** Whose; see worthExplaining where left out. */
  readonly observations?: readonly Observation[] | undefined;
}

/** A predictor, or several of one version. */
export type AnsweringModel = Pick<Predictor, "answer" | "version" | "statuses">;

export interface FileAnswer {
  readonly film: FilmFile;
  readonly result: PredictionResult;
  readonly exitCode: ExitCode;
}

/** One file's answer or error; nothing is thrown. */
export async function answerFile(
  predictor: AnsweringModel,
  film: FilmFile,
  options: AnswerOptions,
): Promise<FileAnswer> {
  const by: AnsweredBy = {
    file: film.path,
    model: identityOf(predictor.version),
    notice: NOTICE,
    caution: cautionOf(predictor.version),
  };
  try {
    const bytes = await readFilmFile(film.path, film.bytes);
    return { film, result: { ...by, ...(await answer(predictor, film.path, bytes, options)) }, exitCode: EXIT.done };
  } catch (error) {
    const { code, message, exitCode } = reportError(error);
    return { film, result: { ...by, error: { code, message } }, exitCode };
  }
}

/** Where maps are drawn, the film is read here and once; otherwise the predictor's own process reads it. */
async function answer(
  predictor: AnsweringModel,
  path: string,
  bytes: Uint8Array,
  { explain, observations }: AnswerOptions,
): Promise<Omit<Extract<PredictionResult, { findings: unknown }>, keyof AnsweredBy>> {
  const { version, statuses } = predictor;
  const told = (answered: FilmAnswer) => ({
    outOfDistribution: answered.outOfDistribution,
    findings: findings(answered, { thresholds: version.thresholds, statuses }),
    warnings: answered.warnings,
  });
  if (explain === undefined) return told(await predictor.answer(bytes));
  const film = await readFilm(bytes);
  const answered = await predictor.answer(film, { maps: true });
  const { warnings, ...said } = told(answered);
  const explanations: Explanation[] = [];
  await makeFolder(explain);
  for (const observation of observations ?? worthExplaining(said.findings)) {
    const file = await mapFile(explain, path, observation);
    explanations.push({ observation, file, box: await drawMap(film.image, answered, observation, file) });
  }
  return { ...said, explanations, warnings };
}

type Image = Parameters<typeof overlayPng>[0];

/** The file is there whole or not at all. */
async function drawMap(
  image: Image,
  { prediction, area }: FilmAnswer,
  observation: Observation,
  file: string,
): Promise<Rectangle | null> {
  const { png, region } = await overlayPng(image, heatGrid(prediction, observationIndex(observation), area));
  await makeFolder(dirname(file));
  const temporary = temporaryBeside(file);
  await writeFile(temporary, png);
  await rename(temporary, file);
  return region?.box ?? null;
}
