import type { Random } from "../domain/random.ts";
import {
  add,
  boxAround,
  type Ellipse,
  Field,
  makeMask,
  type Point,
  paintEllipse,
  paintLine,
  paintMask,
  smoothstep,
  towards,
} from "./field.ts";

/** Size of every phantom film in pixels, CheXpert's small format. */
export const FILM = { width: 320, height: 384 } as const;

/** Densities of tissues; see Field. */
export const DENSITY = { air: 0.02, tissue: 0.6, lung: 0.2, fluid: 0.6, heart: 0.64 } as const;

/** Uniform in [low, high). */
export const between = (next: Random, low: number, high: number): number => low + (high - low) * next();

/** What stays the same over a patient's films. */
export interface Body {
  readonly female: boolean;
  readonly width: number;
  readonly lungHeight: number;
  readonly ribCount: number;
  readonly heartTilt: number;
}

export const drawBody = (female: boolean, next: Random): Body => ({
  female,
  width: between(next, 0.86, 1.08),
  lungHeight: between(next, 0.9, 1.1),
  ribCount: 8 + Math.floor(next() * 2),
  heartTilt: between(next, 0.25, 0.6),
});

/** One side of the chest: -1 is the patient's right, left on the film. */
export type Side = -1 | 1;
export const SIDES: readonly Side[] = [-1, 1];

const bySide = <T>(make: (side: Side) => T): Record<Side, T> => ({ "-1": make(-1), "1": make(1) });

/**
 * A chest on its way to a film. Its own coordinates put the chest's centre at (0, 0), its sides at about -1 and 1 and
 * its top and bottom at about -1.2 and 1.2; `at` brings them to pixels, however the patient stood.
 */
export interface Chest {
  readonly field: Field;
  readonly at: (u: number, v: number) => Point;
  readonly uOf: (x: number, y: number) => number;
  readonly vOf: (x: number, y: number) => number;
  /** Pixels that one unit of the chest's coordinates takes. */
  readonly unit: number;
  readonly tilt: number;
  /** 1 inside each lung, 0 outside. */
  readonly lung: Readonly<Record<Side, Float32Array>>;
  /** Height of the lung's base and apex in the chest's coordinates. */
  readonly base: Readonly<Record<Side, number>>;
  readonly apex: number;
  readonly heart: Ellipse;
}

const LUNG = { x: 0.47, halfWidth: 0.37, middle: -0.12, halfHeight: 0.86, soft: 0.1 } as const;

/** Ratio of heart to chest width; above 0.5 it is called enlarged. */
export interface HeartSize {
  readonly ratio: number;
}

/** Draws a chest without findings. */
export function drawChest(body: Body, heartSize: HeartSize, next: Random): Chest {
  const { width, height } = FILM;
  const field = new Field(width, height, DENSITY.air);
  const unit = width * 0.45 * between(next, 0.82, 1.06);
  const tilt = between(next, -0.07, 0.07);
  const centre: Point = [width / 2 + between(next, -22, 22), height / 2 + between(next, -22, 22)];
  const at = placer(centre, unit, tilt);
  const { uOf, vOf } = inverse(centre, unit, tilt);

  const base = bySide((side) => between(next, 0.57, 0.74) + 0.02 * side);
  const apex = -0.98 * body.lungHeight;
  const lungOf = (side: Side) => {
    const middle = side * LUNG.x * body.width;
    const corners = [apex - 0.1, base[side] + 0.3].flatMap((v) => [at(middle - 0.4, v), at(middle + 0.4, v)]);
    return makeMask(field, boxAround(corners, 2), (x, y) => {
      const u = uOf(x, y);
      const v = vOf(x, y);
      const across = (u - middle) / LUNG.halfWidth;
      const diaphragm = base[side] + 0.16 * across * across - 0.1;
      if (v >= diaphragm || Math.abs(across) >= 1) return 0;
      const up = Math.abs((v - LUNG.middle) / (v < LUNG.middle ? LUNG.middle - apex : LUNG.halfHeight + 0.25));
      const squared = across * across + up * up * Math.sqrt(up);
      if (squared >= 1) return 0;
      const inside = squared <= (1 - LUNG.soft) ** 2 ? 1 : smoothstep((1 - Math.sqrt(squared)) / LUNG.soft);
      return inside * smoothstep((diaphragm - v) / 0.05);
    });
  };
  const lung = bySide(lungOf);
  const heart: Ellipse = {
    centre: at(0.14 + 0.16 * (heartSize.ratio - 0.42), 0.33),
    radii: [unit * heartSize.ratio * body.width, unit * (0.3 + 0.26 * (heartSize.ratio - 0.42))],
    angle: tilt + body.heartTilt,
    soft: 0.16,
  };
  const chest: Chest = { field, at, uOf, vOf, unit, tilt, lung, base, apex, heart };

  paintTorso(chest, body);
  paintLungs(chest, next);
  paintSkeleton(chest, body, next);
  paintMiddle(chest, next);
  return chest;
}

function placer([x, y]: Point, unit: number, tilt: number): Chest["at"] {
  const cos = Math.cos(tilt) * unit;
  const sin = Math.sin(tilt) * unit;
  return (u, v) => [x + u * cos - v * sin, y + u * sin + v * cos];
}

/** From pixels back to the chest's coordinates, one number at a time: this runs for every pixel. */
function inverse([x, y]: Point, unit: number, tilt: number): Pick<Chest, "uOf" | "vOf"> {
  const cos = Math.cos(tilt) / unit;
  const sin = Math.sin(tilt) / unit;
  return {
    uOf: (px, py) => (px - x) * cos + (py - y) * sin,
    vOf: (px, py) => (py - y) * cos - (px - x) * sin,
  };
}

function paintTorso({ field, at, unit, tilt }: Chest, body: Body): void {
  const wide = 1.12 * body.width * unit;
  paintEllipse(
    field,
    { centre: at(0, 0.35), radii: [wide, 2 * unit], angle: tilt, soft: 0.12 },
    towards(DENSITY.tissue),
  );
  for (const side of SIDES) {
    paintEllipse(
      field,
      { centre: at(side * 0.92, -1), radii: [0.62 * unit, 0.45 * unit], angle: side * 0.5, soft: 0.5 },
      towards(DENSITY.tissue, 0.9),
    );
    if (!body.female) continue;
    const breast: Ellipse = { centre: at(side * 0.55, 0.5), radii: [0.4 * unit, 0.36 * unit], soft: 0.35 };
    paintEllipse(field, breast, add(0.05));
  }
  paintEllipse(
    field,
    { centre: at(0, -1.25), radii: [0.3 * unit, 0.5 * unit], soft: 0.4 },
    towards(DENSITY.tissue, 0.8),
  );
}

/** Air-filled lungs and the vessels that branch in them from the hilum. */
function paintLungs({ field, at, unit, lung }: Chest, next: Random): void {
  for (const side of SIDES) {
    paintMask(field, lung[side], towards(DENSITY.lung, 0.93));
    const hilum: Point = [side * 0.2, -0.02];
    for (let vessel = 0; vessel < 11; vessel += 1) {
      const direction = between(next, -1.35, 1.35);
      const reach = between(next, 0.25, 0.6);
      const bend = between(next, -0.12, 0.12);
      const line = [0, 0.35, 0.7, 1].map((t) =>
        at(
          hilum[0] + side * Math.cos(direction) * reach * t,
          hilum[1] + Math.sin(direction) * reach * 1.25 * t + bend * t * t,
        ),
      );
      paintLine(field, line, unit * between(next, 0.018, 0.034), add(between(next, 0.035, 0.075)), lung[side]);
    }
    paintEllipse(field, { centre: at(side * 0.2, 0), radii: [0.11 * unit, 0.2 * unit], soft: 0.8 }, add(0.14));
  }
}

function paintSkeleton({ field, at, unit }: Chest, body: Body, next: Random): void {
  for (const side of SIDES) {
    for (let rib = 0; rib < body.ribCount; rib += 1) {
      const v = -0.86 + rib * 0.2;
      const reach = (0.62 + 0.3 * Math.sin(Math.min(1, (rib + 1) / 5) * (Math.PI / 2))) * body.width;
      const posterior = [0.06, 0.3, 0.6, 0.85, 1].map((t) =>
        at(side * reach * t, v - 0.1 * Math.sin(t * 2.4) + 0.24 * t * t),
      );
      paintLine(field, posterior, unit * 0.055, add(0.055));
      const anterior = [1, 0.85, 0.6, 0.4].map((t) => at(side * reach * t, v + 0.14 + 0.5 * (1 - t)));
      if (rib < 6) paintLine(field, anterior, unit * 0.06, add(0.028));
    }
    const lift = between(next, -0.04, 0.04);
    const clavicle = [0.08, 0.35, 0.65, 1].map((t) => at(side * t, -0.8 + lift - 0.16 * Math.sin(t * 2.2)));
    paintLine(field, clavicle, unit * 0.07, add(0.1));
  }
  for (let vertebra = 0; vertebra < 13; vertebra += 1) {
    const v = -1.25 + vertebra * 0.2;
    paintEllipse(field, { centre: at(0, v), radii: [0.12 * unit, 0.085 * unit], soft: 0.35 }, add(0.07));
  }
}

/** Mediastinum, airway, heart and the air under the left dome. */
function paintMiddle(chest: Chest, next: Random): void {
  const { field, at, unit, tilt, heart } = chest;
  const middle: Ellipse = { centre: at(0.02, -0.25), radii: [0.21 * unit, 0.95 * unit], angle: tilt, soft: 0.4 };
  paintEllipse(field, middle, towards(DENSITY.heart, 0.82));
  paintEllipse(
    field,
    { centre: at(0.15, -0.47), radii: [0.13 * unit, 0.15 * unit], soft: 0.4 },
    towards(DENSITY.heart, 0.7),
  );
  paintEllipse(field, heart, towards(DENSITY.heart, 0.9));
  paintLine(field, [at(0, -1.3), at(0.01, -0.75), at(0.02, -0.32)], 0.1 * unit, add(-0.14));
  paintLine(field, [at(0.02, -0.32), at(-0.16, -0.12)], 0.07 * unit, add(-0.08));
  paintLine(field, [at(0.02, -0.32), at(0.2, -0.1)], 0.06 * unit, add(-0.08));
  if (next() < 0.5) {
    const bubble: Ellipse = { centre: at(0.42, 0.95), radii: [0.16 * unit, 0.1 * unit], soft: 0.5 };
    paintEllipse(field, bubble, add(-0.2));
  }
}
