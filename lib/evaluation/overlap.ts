import type { FindingBox } from "../contracts/boxes.ts";
import { rectangleToFilm, type Size } from "../domain/geometry.ts";
import { otsu } from "../domain/metrics/otsu.ts";
import { heatRows } from "../imaging/heat.ts";
import type { FilmMaps, GridPlace } from "./predict.ts";

/** Longest side of the raster on which areas are counted: finer than a 7 x 7 map can tell. */
const RASTER_SIDE = 256;

/**
 * Intersection over union of a heat map and a finding's boxes as CheXlocalize counts it (Saporta et al. 2022): the map
 * scaled to its own extremes, brought to the film by bilinear interpolation and cut at Otsu's threshold. 0 where nothing
 * raised the score.
 */
export function overlap(map: FilmMaps, film: Size, { cells, fit }: GridPlace, boxes: readonly FindingBox[]): number {
  const scale = Math.min(1, RASTER_SIDE / Math.max(film.width, film.height));
  const width = Math.max(1, Math.round(film.width * scale));
  const height = Math.max(1, Math.round(film.height * scale));
  const fill = heatRows({ ...map, area: rectangleToFilm(cells, film, fit) }, film, { width, height });
  if (fill === undefined) return 0;
  const heat = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) fill(y, heat.subarray(y * width, (y + 1) * width));
  const threshold = otsu(heat);
  if (threshold === null) return 0;
  let [both, either] = [0, 0];
  for (let y = 0; y < height; y += 1) {
    const filmY = ((y + 0.5) * film.height) / height;
    for (let x = 0; x < width; x += 1) {
      const filmX = ((x + 0.5) * film.width) / width;
      const hot = heat[y * width + x]! >= threshold;
      const boxed = boxes.some(
        (box) => filmX >= box.x && filmX < box.x + box.width && filmY >= box.y && filmY < box.y + box.height,
      );
      if (hot || boxed) either += 1;
      if (hot && boxed) both += 1;
    }
  }
  return either === 0 ? 0 : both / either;
}
