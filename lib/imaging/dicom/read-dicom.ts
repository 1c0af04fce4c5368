import { type FilmWarning, filmWarning } from "../../contracts/codes.ts";
import type { GreyImage } from "../../domain/grey-image.ts";
import { luma } from "../../domain/luma.ts";
import { applyOrientation } from "../../domain/orientation.ts";
import { chroma } from "../chroma.ts";
import { checkSize, type Film } from "../film.ts";
import type { DecodedFrame } from "./codecs.ts";
import { paletteToRgb, toRgb } from "./colour.ts";
import { code, type DataSet } from "./data-set.ts";
import { truncated } from "./elements.ts";
import { levelsOf, modality, type Range } from "./grey-scale.ts";
import { type PixelFormat, readPixelFormat, readStatements } from "./header.ts";
import type { Transform } from "./look-up-table.ts";
import { parseFile } from "./parse-file.ts";
import { readOrientation } from "./patient-orientation.ts";
import { pixelRatio, squarePixels } from "./square-pixels.ts";
import { readFrame, toWords } from "./stored-values.ts";
import { TAG } from "./tags.ts";
import { valuesOfInterest } from "./values-of-interest.ts";
import { readView } from "./view.ts";

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
  checkSize(format.columns, format.rows, bytes.length);
  const frame = await readFrame(file, format);
  const { view, doubts: ofView } = readView(dataSet);
  const { orientation, doubts: ofOrientation } = readOrientation(dataSet);
  const { image: stored, bitDepth, colourfulness, doubts } = toImage(frame, format, dataSet);
  const image = applyOrientation(squarePixels(stored, pixelRatio(dataSet)), orientation);
  const { width, height } = image;
  return {
    image,
    facts: { format: "dicom", width, height, bitDepth, view },
    colourfulness,
    warnings: [...ofView, ...ofOrientation, ...readStatements(dataSet), ...doubts].map((code) => filmWarning(code)),
  };
}

interface Picture {
  readonly image: GreyImage;
  readonly bitDepth: number;
  readonly colourfulness: number;
  readonly doubts: readonly FilmWarning[];
}

function toImage({ bytes, photometric }: DecodedFrame, format: PixelFormat, dataSet: DataSet): Picture {
  const pixels = format.rows * format.columns;
  if (format.samples === 3) {
    if (bytes.length < 3 * pixels) throw truncated();
    return ofColours(toRgb(bytes.subarray(0, 3 * pixels), photometric), format, isInverted(dataSet, format));
  }
  const stored = toWords(bytes, pixels);
  if (photometric === "PALETTE COLOR") return ofColours(paletteToRgb(stored, format, dataSet), format);
  return toGrey(stored, format, dataSet);
}

/** The same luma as for any other colour file; windows are for grey pictures alone. */
function ofColours(rgb: Uint8Array, { columns: width, rows: height }: PixelFormat, inverted = false): Picture {
  const grey = luma(rgb, 3);
  const image = { width, height, maxValue: 255, data: inverted ? grey.map((value) => 255 - value) : grey };
  return { image, bitDepth: 8, colourfulness: chroma(rgb, 3) / 255, doubts: [] };
}

/**
 * From stored words to grey, each decided here and once:
 *
 * 1. A word's value is its stored bits below the high bit, with a sign where the pixel representation says so (PS3.5, 8.1.1;
 *    PS3.3, C.7.6.3.1).
 * 2. Padding is no value; it is black in the end (C.7.5.1.1.2).
 * 3. The modality LUT, or slope and intercept, says what a value means (C.11.1).
 * 4. The VOI LUT, or the first window that shows the film, says what is black and what is white (C.11.2; valuesOfInterest()).
 *    Without either it is the depth of the film: 0 to 2^n - 1, n the stored bits, or where the values leave the upper ones
 *    unused the depth that holds them (film-limits); values with a sign lie on both sides of 0 (openRange()).
 * 5. MONOCHROME1, or the presentation LUT's shape INVERSE, turns the result round (C.7.6.3.1.2, C.8.11.3.1.2).
 *
 * A table's depth is that of its entries, not what its descriptor declares (look-up-table.ts). Every word is looked up in one
 * table, so that a film of 20 million pixels costs 65,536 transformations.
 */
function toGrey(stored: Uint8Array | Uint16Array, format: PixelFormat, dataSet: DataSet): Picture {
  const levels = levelsOf(stored, dataSet, format);
  const meaning = modality(dataSet, format);
  const chosen = valuesOfInterest(dataSet, meaning, levels, format);
  const share = chosen.apply ?? wholeRange(meaning.range(levels));
  const depth = Math.max(8, format.bitsStored);
  const maxValue = 2 ** depth - 1;
  // Padding is what no level is: it stays black.
  const table = depth > 8 ? new Uint16Array(65536) : new Uint8Array(65536);
  const inverted = isInverted(dataSet, format);
  for (const { word, value } of levels) {
    const shown = share(meaning.apply(value));
    table[word] = Math.round((inverted ? 1 - shown : shown) * maxValue);
  }
  const data = depth > 8 ? new Uint16Array(stored.length) : new Uint8Array(stored.length);
  for (let i = 0; i < stored.length; i += 1) data[i] = table[stored[i]!]!;
  const image: GreyImage = { width: format.columns, height: format.rows, maxValue, data };
  return { image, bitDepth: format.bitsStored, colourfulness: 0, doubts: chosen.leftOut ? ["window-left-out"] : [] };
}

const wholeRange =
  ([low, high]: Range): Transform =>
  (value) =>
    high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;

/**
 * Whether low values are bright: MONOCHROME1 says so of the pixels (PS3.3, C.7.6.3.1.2), the shape of the presentation LUT of
 * what VOI makes of them. Where a film has both, they say the same thing (C.8.11.3.1.2), once.
 */
const isInverted = (dataSet: DataSet, { photometric }: PixelFormat): boolean =>
  photometric === "MONOCHROME1" || code(dataSet, TAG.PresentationLUTShape) === "INVERSE";
