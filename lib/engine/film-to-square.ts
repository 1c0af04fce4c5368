import type { Size } from "../domain/geometry.ts";
import { checkedHeader, decodeFilm, FilmError } from "./decode.ts";
import { jpegAddon } from "./picture-addons.ts";
import { filmInSquare, resizeInto, type SquareGeometry } from "./resize.ts";

/**
 * decodeFilm() and resizeInto() in one: the same bytes. A grey JPEG that lies upright, as nearly all films of data sets
 * do, is resized where the decoder leaves it, which saves a sixth of the time. Blocks its thread.
 * @param square size x size, overwritten wholly
 * @returns the size that the film had; undefined for a JPEG that ends in the grey of data that are missing, which only a
 * reader that hears the decoder's warnings can tell from a film that is so (lib/imaging/read-film.ts)
 * @throws FilmError
 */
export function filmToSquare(bytes: Uint8Array, geometry: SquareGeometry, square: Uint8Array): Size | undefined {
  const header = checkedHeader(bytes);
  if (header.format !== "jpeg" || header.channels !== 1 || header.orientation !== 1) {
    const image = decodeFilm(bytes);
    resizeInto(image, geometry, square);
    return image;
  }
  const { resizeGreyJpeg } = jpegAddon();
  const rectangle = filmInSquare(header, 255, geometry, square);
  try {
    return resizeGreyJpeg(bytes, ...rectangle) ? undefined : header;
  } catch (cause) {
    // Arrays that do not fit each other are a fault of ours, and no film's.
    if (cause instanceof RangeError) throw cause;
    throw new FilmError("film-damaged", "the JPEG file is damaged", { cause });
  }
}
