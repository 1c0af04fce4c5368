import { constants, inflateRawSync } from "node:zlib";
import { refusal } from "../../contracts/codes.ts";
import type { InputError } from "../../domain/errors.ts";
import { checkSize } from "../film.ts";
import { type DataSet, readDataSet, uint16 } from "./data-set.ts";
import { truncated } from "./elements.ts";
import { TAG } from "./tags.ts";

/** Compressed bytes that are inflated first: deflate makes at most 1,032 bytes of one. */
const FIRST = 16_384;
/** No header of a film is longer. */
const MOST_HEADER = 20_000_000;
/** Bytes that may follow the picture. */
const AFTER_PICTURE = 1_000_000;
const MOST_BYTES_A_PIXEL = 3;

/**
 * A deflated data set as the explicit little endian one that it is underneath. Its header is inflated first, and what it
 * says of the picture bounds the rest, so that a bomb never bursts.
 * @throws InputError `film-size`, `film-truncated`, `film-damaged`
 */
export function inflateDataSet(deflated: Buffer): Buffer {
  for (let length = FIRST; length < deflated.length; length *= 4) {
    const pictureEnd = endOfPicture(inflate(deflated.subarray(0, length), MOST_HEADER, true), deflated.length);
    if (pictureEnd !== undefined) return inflate(deflated, pictureEnd + AFTER_PICTURE);
  }
  return inflate(deflated, MOST_HEADER);
}

/** Where the picture ends at the latest; undefined where the header goes on. @throws InputError `film-size` */
function endOfPicture(inflated: Buffer, deflatedBytes: number): number | undefined {
  let dataSet: DataSet;
  try {
    dataSet = readDataSet(inflated);
  } catch (cause) {
    if ((cause as InputError).code === "film-truncated") return undefined;
    throw cause;
  }
  const element = dataSet.elements.get(TAG.PixelData);
  if (element === undefined) return undefined;
  const rows = uint16(dataSet, TAG.Rows) ?? 0;
  const columns = uint16(dataSet, TAG.Columns) ?? 0;
  checkSize(columns, rows, deflatedBytes);
  return element.offset + rows * columns * MOST_BYTES_A_PIXEL;
}

function inflate(deflated: Buffer, most: number, partial = false): Buffer {
  try {
    const options = partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {};
    return inflateRawSync(deflated, { ...options, maxOutputLength: most });
  } catch (cause) {
    const systemCode = (cause as { code?: unknown }).code;
    if (systemCode === "Z_BUF_ERROR") throw truncated(cause);
    if (systemCode === "ERR_BUFFER_TOO_LARGE") {
      throw refusal("film-size", "the file inflates to more than its picture");
    }
    throw refusal("film-damaged", "its deflated data set", { cause });
  }
}
