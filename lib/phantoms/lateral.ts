import type { Random } from "../domain/random.ts";
import { type Body, between, DENSITY, FILM } from "./anatomy.ts";
import { add, Field, type Point, paintEllipse, paintLine, towards } from "./field.ts";

/** A chest from the side, without findings: data preparation leaves lateral views out, and has to see some. */
export function drawLateral(body: Body, next: Random): Field {
  const { width, height } = FILM;
  const field = new Field(width, height, DENSITY.air);
  const unit = width * 0.42 * between(next, 0.85, 1.05);
  const at = (u: number, v: number): Point => [width / 2 + u * unit, height / 2 + v * unit];
  paintEllipse(
    field,
    { centre: at(0, 0.3), radii: [unit * body.width, 1.9 * unit], soft: 0.15 },
    towards(DENSITY.tissue),
  );
  paintEllipse(field, { centre: at(-0.05, -0.05), radii: [0.66 * unit, 0.9 * unit], soft: 0.15 }, towards(0.24, 0.9));
  paintEllipse(
    field,
    { centre: at(-0.3, 0.32), radii: [0.36 * unit, 0.36 * unit], soft: 0.25 },
    towards(DENSITY.heart, 0.8),
  );
  paintEllipse(
    field,
    { centre: at(-0.05, 1.05), radii: [0.9 * unit, 0.55 * unit], soft: 0.2 },
    towards(DENSITY.tissue, 0.95),
  );
  for (let vertebra = 0; vertebra < 12; vertebra += 1) {
    const v = -1.1 + vertebra * 0.2;
    const u = 0.56 + 0.12 * Math.sin((vertebra / 11) * Math.PI);
    paintEllipse(field, { centre: at(u, v), radii: [0.11 * unit, 0.085 * unit], soft: 0.3 }, add(0.16));
    const rib = [at(u, v), at(0.1, v + 0.25), at(-0.5, v + 0.5)];
    if (vertebra < 8) paintLine(field, rib, 0.05 * unit, add(0.05));
  }
  paintLine(field, [at(-0.72, -0.75), at(-0.85, 0.1)], 0.08 * unit, add(0.12));
  return field;
}
