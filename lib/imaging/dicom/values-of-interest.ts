import { DEPTHS } from "../../domain/film-limits.ts";
import { code, type DataSet, firstItem, numbers } from "./data-set.ts";
import type { Level, Modality } from "./grey-scale.ts";
import type { PixelFormat } from "./header.ts";
import { lookUp, type Transform } from "./look-up-table.ts";
import { TAG } from "./tags.ts";

/** A choice of the file's: values of the modality transformation to 0 ... 1. */
interface Choice {
  readonly apply: Transform;
  /** Whether it spans just what another depth than that of the stored values could hold. */
  readonly spansAnotherDepth: boolean;
}

/**
 * Which values are shown, and how: the file's VOI LUT, or else its first window that shows the film (PS3.3, C.11.2); any of
 * several may be chosen (C.11.2.1.1, C.11.2.1.2.1). What shows next to nothing of the film, such as 128/256 on 12 bits, is
 * left out: a viewer's user would see a black or white film and turn the knob.
 * @returns `apply` undefined where the file chooses nothing that shows the film
 */
export function valuesOfInterest(
  dataSet: DataSet,
  meaning: Modality,
  levels: readonly Level[],
  { bitsStored, signed }: PixelFormat,
): { apply: Transform | undefined; leftOut: boolean } {
  const outputs = sorted(levels, meaning);
  const isNegative = signed || (outputs[0]?.output ?? 0) < 0;
  const choices = [...tables(dataSet, isNegative), ...windows(dataSet, bitsStored)];
  const chosen = choices.findIndex((choice) => shows(choice, outputs));
  return { apply: choices[chosen]?.apply, leftOut: chosen > 0 || (chosen < 0 && choices.length > 0) };
}

function tables(dataSet: DataSet, signed: boolean): Choice[] {
  const item = firstItem(dataSet, TAG.VOILUTSequence);
  const table = item && lookUp(item, signed);
  return table ? [{ apply: (value) => table.apply(value) / table.most, spansAnotherDepth: false }] : [];
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Window functions of C.11.2.1.2 and C.11.2.1.3, and the least width that each allows; LINEAR where none is named. */
interface WindowFunction {
  readonly least: number;
  readonly of: (centre: number, width: number) => Transform;
}
const LINEAR: WindowFunction = {
  least: 1,
  of: (centre, width) => (value) => clamp((value - (centre - 0.5)) / (width - 1) + 0.5),
};
const WINDOWS: Readonly<Record<string, WindowFunction>> = {
  LINEAR_EXACT: { least: 0, of: (centre, width) => (value) => clamp((value - centre) / width + 0.5) },
  SIGMOID: { least: 0, of: (centre, width) => (value) => 1 / (1 + Math.exp((-4 * (value - centre)) / width)) },
};

function windows(dataSet: DataSet, bitsStored: number): Choice[] {
  const widths = numbers(dataSet, TAG.WindowWidth);
  const shape = WINDOWS[code(dataSet, TAG.VOILUTFunction) ?? ""] ?? LINEAR;
  return numbers(dataSet, TAG.WindowCenter).flatMap((centre, i) => {
    const width = widths[i] ?? Number.NaN;
    if (!Number.isFinite(centre) || !(width > shape.least)) return [];
    return [{ apply: shape.of(centre, width), spansAnotherDepth: spansAnotherDepth(centre, width, bitsStored) }];
  });
}

/** Writers say 127/255, 127.5/255, 128/256 and 127/254 for 0 to 255. */
const SLACK = 2;

const spansAnotherDepth = (centre: number, width: number, bitsStored: number): boolean =>
  Math.abs(centre - width / 2) <= SLACK &&
  DEPTHS.some((bits) => bits !== bitsStored && Math.abs(centre + width / 2 - 2 ** bits) <= SLACK);

interface Output {
  readonly output: number;
  readonly pixels: number;
}

const sorted = (levels: readonly Level[], { apply }: Modality): Output[] =>
  levels.map(({ value, pixels }) => ({ output: apply(value), pixels })).sort((a, b) => a.output - b.output);

/** What a choice must show, and what one that spans a depth must, which need not be this film's. */
const LEAST = {
  /** Share of the pixels that are neither black nor white, of those between the film's own black and white. */
  grey: { any: 0.2, depth: 0.7 },
  /** How far the darkest and the brightest hundredth of the pixels lie apart. */
  spread: { any: 0.1, depth: 0.3 },
} as const;
const [NEARLY_BLACK, NEARLY_WHITE] = [0.01, 0.99];
const HUNDREDTH = 0.01;

function shows({ apply, spansAnotherDepth: depth }: Choice, outputs: readonly Output[]): boolean {
  const inner = outputs.length > 2 ? outputs.slice(1, -1) : outputs;
  const all = inner.reduce((sum, { pixels }) => sum + pixels, 0);
  let grey = 0;
  for (const { output, pixels } of inner) {
    const share = apply(output);
    if (share > NEARLY_BLACK && share < NEARLY_WHITE) grey += pixels;
  }
  const kind = depth ? "depth" : "any";
  const spread = Math.abs(apply(quantile(inner, all * (1 - HUNDREDTH))) - apply(quantile(inner, all * HUNDREDTH)));
  return (grey >= LEAST.grey[kind] * all || outputs.length <= 2) && spread >= LEAST.spread[kind];
}

/** The output that so many pixels do not pass. */
function quantile(outputs: readonly Output[], pixels: number): number {
  let sum = 0;
  for (const one of outputs) {
    sum += one.pixels;
    if (sum >= pixels) return one.output;
  }
  return outputs.at(-1)?.output ?? 0;
}
