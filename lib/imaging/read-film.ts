import { refusal } from "../contracts/codes.ts";
import { readDicom } from "./dicom/read-dicom.ts";
import type { Film } from "./film.ts";
import { type Media, mediaOf } from "./media.ts";
import { readRaster } from "./raster.ts";

const READERS: Readonly<Record<Media, (bytes: Uint8Array, media: Media) => Promise<Film>>> = {
  png: readRaster,
  jpeg: readRaster,
  tiff: readRaster,
  webp: readRaster,
  dicom: readDicom,
};

/**
 * A film from the bytes of a file that nobody vouches for. Messages say what is wrong and nothing of the patient.
 * @throws InputError `film-empty`, `unsupported-media`, `film-size`, `film-truncated`, `film-damaged`, `multi-frame`, and
 * `dicom-…` for what a DICOM header rules out
 */
export async function readFilm(bytes: Uint8Array): Promise<Film> {
  if (bytes.length === 0) throw refusal("film-empty");
  const media = mediaOf(bytes);
  if (media === undefined) throw refusal("unsupported-media");
  return READERS[media](bytes, media);
}
