import type { InferRequest, InferResponse, InputTensor, OutputName } from "../../lib/contracts/open-inference.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { type ObservationStatus, observationsWith } from "../../lib/domain/observation-status.ts";
import { OBSERVATION_COUNT } from "../../lib/domain/observations.ts";
import { checkSize, type Film } from "../../lib/imaging/film.ts";
import type { FilmAnswer, FilmSource } from "../../lib/inference/film-service.ts";

/** Tensors of the Open Inference Protocol as films, and answers as its tensors. */

const fault = ({ name }: InputTensor, what: string): InputError =>
  new InputError("bad-tensor", `input ${name}: ${what}`);

/** The films of an input. @throws InputError `bad-tensor`, `film-size` */
export function filmsOf(input: InputTensor): FilmSource[] {
  const { name, datatype } = input;
  if ((name === "film") !== (datatype === "BYTES")) {
    throw fault(input, `${datatype}, expected ${name === "film" ? "BYTES" : "UINT8 or FP32"}`);
  }
  return name === "film" ? filesOf(input) : picturesOf(input);
}

function filesOf(input: InputTensor): Uint8Array[] {
  const { shape, data } = input;
  if (shape.length !== 1 || data.length !== shape[0]) {
    throw fault(input, `${data.length} films of shape [${shape}], expected [films]`);
  }
  return data.map((text) => {
    if (typeof text !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw fault(input, "expected base64");
    return Buffer.from(text, "base64");
  });
}

/** Steps of a grey value of 8 bits in one of 16. */
const FINE = 257;

function picturesOf(input: InputTensor): Film[] {
  const { shape, data, datatype } = input;
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 3 || channels !== 1) throw fault(input, `shape [${shape}], expected [films, height, width]`);
  checkSize(width, height);
  const size = height * width;
  // What was claimed takes no memory before that many values are there.
  const given = countValues(data);
  if (given !== count * size) throw fault(input, `${given} values, expected ${count * size} for its shape`);
  const values = new Float64Array(given);
  fill(values, data, 0, input);
  const whole = datatype === "UINT8";
  return Array.from({ length: count }, (_, film) => {
    const own = values.subarray(film * size, (film + 1) * size);
    const pixels = whole ? Uint8Array.from(own) : Uint16Array.from(own, (value) => Math.round(value * FINE));
    return {
      image: { width, height, maxValue: whole ? 255 : 65_535, data: pixels },
      facts: { format: "pixels", width, height, bitDepth: whole ? 8 : 16, view: null },
      colourfulness: 0,
      warnings: [],
    };
  });
}

const countValues = (data: readonly unknown[]): number =>
  data.reduce((sum: number, value) => sum + (Array.isArray(value) ? countValues(value) : 1), 0);

/** Copies numbers, nested or not, in their order. @returns where the next one goes */
function fill(into: Float64Array, data: readonly unknown[], start: number, input: InputTensor): number {
  let at = start;
  for (const value of data) {
    if (Array.isArray(value)) {
      at = fill(into, value, at, input);
      continue;
    }
    const inRange = typeof value === "number" && value >= 0 && value <= 255;
    if (!inRange || (input.datatype === "UINT8" && !Number.isInteger(value))) {
      throw fault(input, "expected grey values from 0 to 255");
    }
    into[at] = value;
    at += 1;
  }
  return at;
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
