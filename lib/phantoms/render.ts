import type { Observation } from "../domain/observations.ts";
import { random } from "../domain/random.ts";
import { drawBody, drawChest, FILM } from "./anatomy.ts";
import { type Box, clipBox, grow } from "./field.ts";
import { develop, drawExposure, makeGrain } from "./film.ts";
import { heartRatio, PLANTED, PLANTED_NAMES, type PlantedName } from "./findings.ts";
import { drawLateral } from "./lateral.ts";
import type { PhantomFilm } from "./population.ts";

export interface RenderedFilm {
  readonly width: number;
  readonly height: number;
  /** Grey values, row by row. */
  readonly pixels: Uint8Array;
  /** Where each planted finding is, in film pixels. */
  readonly boxes: readonly { readonly finding: Observation; readonly box: Box }[];
}

/** Pixels that a reader's box leaves around a finding. */
const BOX_MARGIN = 8;

/** Draws films of one population; the same film for the same seed. */
export function filmRenderer(seed: number): (film: PhantomFilm) => RenderedFilm {
  const grain = makeGrain(random(seed, "grain"));
  return (film) => {
    const body = drawBody(film.female, random(seed, "body", film.patient));
    const next = random(seed, "film", film.patient, film.study, film.view);
    if (!film.frontal) {
      const pixels = develop(drawLateral(body, next), drawExposure(next), grain, next);
      return { ...FILM, pixels, boxes: [] };
    }
    const heart = film.findings.Cardiomegaly;
    const chest = drawChest(body, { ratio: heartRatio(heart !== undefined, heart ?? 1, next) }, next);
    const present = PLANTED_NAMES.filter((name) => film.findings[name] !== undefined);
    const boxes = present.flatMap((finding: PlantedName) =>
      PLANTED[finding]
        .plant(chest, film.findings[finding]!, random(seed, finding, film.patient, film.study))
        .map((box) => ({ finding, box: clipBox(grow(box, BOX_MARGIN), FILM.width, FILM.height) }))
        .filter(({ box }) => box.width > 0 && box.height > 0),
    );
    return { ...FILM, pixels: develop(chest.field, drawExposure(next), grain, next), boxes };
  };
}
