import type { InferRequest, InferResponse, InputTensor, OutputName } from "../../lib/contracts/open-inference.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { type ObservationStatus, observationsWith } from "../../lib/domain/observation-status.ts";
import { OBSERVATION_COUNT } from "../../lib/domain/observations.ts";
import { checkSize, type Film } from "../../lib/imaging/film.ts";
import type { FilmSource } from "../../lib/imaging/reader/reader-calls.ts";
import type { FilmAnswer } from "../../lib/inference/film-service.ts";
import type { Span } from "./parsers/tensor-text.ts";
import { copyGreys, decodeFiles, mostValues } from "./parsers/tensor-values.ts";
import { LimitError } from "./problems.ts";

/** Tensors of the Open Inference Protocol as films, and answers as its tensors. */

const fault = ({ name }: InputTensor, what: string): InputError =>
  new InputError("bad-tensor", `input ${name}: ${what}`);

/**
 * The films of an input.
 * @param body the request's text, in which its data has a place
 * @throws InputError `bad-tensor`, `film-size`; LimitError `too-many-films`
 */
export async function filmsOf(input: InputTensor, body: Buffer, data: Span, most: number): Promise<FilmSource[]> {
  const { name, datatype, shape } = input;
  if ((name === "film") !== (datatype === "BYTES")) {
    throw fault(input, `${datatype}, expected ${name === "film" ? "BYTES" : "UINT8 or FP32"}`);
  }
  const [films = 0] = shape;
  if (films > most) throw new LimitError("too-many-films", `inputs: ${films} films, expected at most ${most}`, most);
  try {
    return await (name === "film" ? filesOf(input, body, data) : picturesOf(input, body, data));
  } catch (error) {
    throw error instanceof InputError && error.code === "bad-tensor" ? fault(input, error.message) : error;
  }
}

const unfit = (what: string): InputError => new InputError("bad-tensor", what);

async function filesOf({ shape }: InputTensor, body: Buffer, data: Span): Promise<Uint8Array[]> {
  if (shape.length !== 1) throw unfit(`shape [${shape}], expected [films]`);
  const files = await decodeFiles(body, data, shape[0]!);
  if (files.length !== shape[0]) throw unfit(`${files.length} films of shape [${shape}], expected [films]`);
  return files;
}

/** Steps of a grey value of 8 bits in one of 16. */
const FINE = 257;

const isGrey = (value: number): boolean => value >= 0 && value <= 255;

/** How values of a datatype are kept; undefined for what is none. */
const GREYS = {
  UINT8: {
    bitDepth: 8,
    Pixels: Uint8Array,
    keep: (value: number) => (isGrey(value) && Number.isInteger(value) ? value : undefined),
  },
  FP32: {
    bitDepth: 16,
    Pixels: Uint16Array,
    keep: (value: number) => (isGrey(value) ? Math.round(value * FINE) : undefined),
  },
} as const;

async function picturesOf({ shape, datatype }: InputTensor, body: Buffer, data: Span): Promise<Film[]> {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 3 || channels !== 1) throw unfit(`shape [${shape}], expected [films, height, width]`);
  checkSize(width, height);
  const size = height * width;
  const expected = count * size;
  const { bitDepth, Pixels, keep } = GREYS[datatype as keyof typeof GREYS];
  // What was claimed takes no memory where the text is too short for that many values.
  const pixels = new Pixels(Math.min(expected, mostValues(data)));
  const given = await copyGreys(body, data, pixels, keep);
  if (given !== expected) throw unfit(`${given} values, expected ${expected} for its shape`);
  return Array.from({ length: count }, (_, film) => ({
    image: { width, height, maxValue: 2 ** bitDepth - 1, data: pixels.subarray(film * size, (film + 1) * size) },
    facts: { format: "pixels", width, height, bitDepth, view: null },
    colourfulness: 0,
    warnings: [],
  }));
}

const USUAL_OUTPUTS: readonly OutputName[] = ["probabilities", "logits"];

export const outputNames = ({ outputs }: InferRequest): readonly OutputName[] =>
  outputs === undefined || outputs.length === 0 ? USUAL_OUTPUTS : [...new Set(outputs.map(({ name }) => name))];

/**
 * JSON has no NaN: what the model did not learn is null, which readers of tensors take for it.
 * @param answers of at least one film, with maps where those are named
 */
export const outputsOf = (
  answers: readonly FilmAnswer[],
  names: readonly OutputName[],
  statuses: readonly ObservationStatus[],
): InferResponse["outputs"] =>
  names.map((name) => {
    const values = answers.map(({ prediction }) => (name === "maps" ? prediction.maps!.values : prediction[name]));
    const { maps } = answers[0]!.prediction;
    const grid = name === "maps" ? [maps!.rows, maps!.columns] : [];
    const shape = [answers.length, OBSERVATION_COUNT, ...grid];
    const each = values[0]!.length / OBSERVATION_COUNT;
    const isLearned = (place: number) => statuses[Math.floor(place / each)] !== "not-learned";
    const data = values.flatMap((one) => Array.from(one, (value, place) => (isLearned(place) ? value : null)));
    return { name, datatype: "FP32", shape, data };
  });

/**
 * What is to be known of the answers, as texts: parameters hold no lists. Doubts about the films; observations that the
 * model did not learn, or learned without enough test films to claim how well; that it has no check for strange films.
 */
export function parametersOf(
  answers: readonly FilmAnswer[],
  statuses: readonly ObservationStatus[],
): Readonly<Record<string, string>> {
  const doubts = answers.flatMap(({ warnings }, film) => warnings.map(({ code }) => `film ${film}: ${code}`));
  const texts = {
    warnings: doubts.join("; "),
    not_learned: observationsWith(statuses, "not-learned").join("; "),
    not_claimed: observationsWith(statuses, "not-claimed").join("; "),
    out_of_distribution: answers.some(({ outOfDistribution }) => outOfDistribution === null) ? "not checked" : "",
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
}
