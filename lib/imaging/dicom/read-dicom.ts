import type { Warning } from "../../contracts/api.ts";
import type { GreyImage } from "../../domain/grey-image.ts";
import { luma } from "../../domain/luma.ts";
import { chroma } from "../chroma.ts";
import type { Film } from "../film.ts";
import type { DecodedFrame } from "./codecs.ts";
import { paletteToRgb, toRgb } from "./colour.ts";
import { type DataSet, int16, uint16 } from "./data-set.ts";
import { truncated } from "./elements.ts";
import { type Modality, modality, rangeOf, storedValue, type Transform, valuesOfInterest } from "./grey-scale.ts";
import { type PixelFormat, readPixelFormat, readView } from "./header.ts";
import { parseFile } from "./parse-file.ts";
import { pixelRatio, squarePixels } from "./square-pixels.ts";
import { readFrame, toWords } from "./stored-values.ts";
import { TAG } from "./tags.ts";

/**
 * A chest film from a DICOM file: stored values through modality and VOI transformation, MONOCHROME1 turned round,
 * at the depth of the stored values; colour becomes grey, pixels square. Its compressed frames are decoded on this thread.
 * @throws InputError `dicom-no-pixels`, `dicom-modality`, `dicom-body-part`, `dicom-photometric`, `dicom-pixel-format`,
 * `dicom-transfer-syntax`, `multi-frame`, `film-size`, `film-truncated`, `film-damaged`
 */
export async function readDicom(bytes: Uint8Array): Promise<Film> {
  const file = parseFile(bytes);
  const { dataSet } = file;
  const format = readPixelFormat(dataSet);
  const frame = await readFrame(file, format);
  const { view, warnings } = readView(dataSet);
  const { image: stored, bitDepth, colourfulness = 0, warning } = toImage(frame, format, dataSet);
  const image = squarePixels(stored, pixelRatio(dataSet));
  const { width, height } = image;
  return {
    image,
    facts: { format: "dicom", width, height, bitDepth, view },
    colourfulness,
    warnings: warning ? [...warnings, warning] : warnings,
  };
}

interface Picture {
  readonly image: GreyImage;
  readonly bitDepth: number;
  readonly colourfulness?: number;
  readonly warning?: Warning | undefined;
}

function toImage({ bytes, photometric }: DecodedFrame, format: PixelFormat, dataSet: DataSet): Picture {
  const pixels = format.rows * format.columns;
  if (format.samples === 3) {
    if (bytes.length < 3 * pixels) throw truncated();
    return ofColours(toRgb(bytes.subarray(0, 3 * pixels), photometric), format);
  }
  const stored = toWords(bytes, pixels);
  if (photometric === "PALETTE COLOR") return ofColours(paletteToRgb(stored, format, dataSet), format);
  return { ...toGrey(stored, format, dataSet), bitDepth: format.bitsStored };
}

/** The same luma as for any other colour file; windows are for grey pictures alone. */
function ofColours(rgb: Uint8Array, { columns: width, rows: height }: PixelFormat): Picture {
  const image = { width, height, maxValue: 255, data: luma(rgb, 3) };
  return { image, bitDepth: 8, colourfulness: chroma(rgb, 3) / 255 };
}

/** Every word is looked up in one table, so that a film of 20 million pixels costs 65,536 transformations. */
function toGrey(stored: Uint8Array | Uint16Array, format: PixelFormat, dataSet: DataSet) {
  const used = usedWords(stored);
  const value = storedValue(format);
  const padding = paddingTest(dataSet, format);
  const shown = used.filter((word) => !padding(value(word)));
  const meaning = modality(dataSet, format);
  const output = (word: number): number => meaning.apply(value(word));
  const fraction = fractionOf(dataSet, meaning, shown.map(value), format.signed);
  const depth = Math.max(8, format.bitsStored);
  const maxValue = 2 ** depth - 1;
  const table = depth > 8 ? new Uint16Array(65536) : new Uint8Array(65536);
  const inverted = format.photometric === "MONOCHROME1";
  for (const word of used) {
    const share = fraction.apply(output(word));
    table[word] = padding(value(word)) ? 0 : Math.round((inverted ? 1 - share : share) * maxValue);
  }
  const data = depth > 8 ? new Uint16Array(stored.length) : new Uint8Array(stored.length);
  for (let i = 0; i < stored.length; i += 1) data[i] = table[stored[i]!]!;
  const image: GreyImage = { width: format.columns, height: format.rows, maxValue, data };
  return { image, warning: fraction.warning };
}

/** Every word that occurs, in order. */
function usedWords(stored: Uint8Array | Uint16Array): number[] {
  const seen = new Uint8Array(65536);
  for (let i = 0; i < stored.length; i += 1) seen[stored[i]!] = 1;
  const words: number[] = [];
  for (let word = 0; word < seen.length; word += 1) if (seen[word] === 1) words.push(word);
  return words;
}

/** Values that stand for no exposure (PS3.3, C.7.5.1.1.2): black, whatever the photometric interpretation. */
function paddingTest(dataSet: DataSet, { signed }: PixelFormat): (value: number) => boolean {
  const read = (tag: number) => (signed ? int16(dataSet, tag) : uint16(dataSet, tag));
  const first = read(TAG.PixelPaddingValue);
  if (first === undefined) return () => false;
  const last = read(TAG.PixelPaddingRangeLimit) ?? first;
  return (value) => value >= Math.min(first, last) && value <= Math.max(first, last);
}

/** From an output of the modality transformation to 0 ... 1. */
function fractionOf(
  dataSet: DataSet,
  meaning: Modality,
  stored: readonly number[],
  signed: boolean,
): { apply: Transform; warning?: Warning } {
  const whole = (): Transform => {
    const [low, high] = meaning.range(stored);
    return high > low ? (value) => Math.min(1, Math.max(0, (value - low) / (high - low))) : () => 0;
  };
  const [least, most] = rangeOf(stored.map(meaning.apply));
  const window = valuesOfInterest(dataSet, signed || least < 0);
  if (window === undefined) return { apply: whole() };
  if (most > least && window(least) === window(most)) {
    const message = "the file's window shows nothing of the film and was left out";
    return { apply: whole(), warning: { code: "window-left-out", message } };
  }
  return { apply: window };
}
