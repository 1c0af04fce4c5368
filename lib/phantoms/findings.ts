import type { Observation } from "../domain/observations.ts";
import type { Random } from "../domain/random.ts";
import { between, type Chest, DENSITY, FILM, SIDES, type Side } from "./anatomy.ts";
import {
  add,
  type Box,
  boxAround,
  boxOf,
  type Ellipse,
  makeMask,
  type Point,
  paintEllipse,
  paintLine,
  paintMask,
  smoothLine,
  smoothNoise,
  smoothstep,
  towards,
} from "./field.ts";

/**
 * Plants one finding in a chest.
 * @param strength 1 as drawn, less where a reader would be unsure
 * @returns where it is, in film pixels
 */
export type Plant = (chest: Chest, strength: number, next: Random) => Box[];

export interface PlantedFinding {
  /** Share of the studies that have it. */
  readonly prevalence: number;
  /** Chance that a later study of the same patient still has it. */
  readonly persistence: number;
  readonly plant: Plant;
}

const wholeFilm: Box = { x: 0, y: 0, ...FILM };

const anySide = (next: Random): Side => (next() < 0.5 ? -1 : 1);

const ellipseBox = ({ centre: [x, y], radii: [rx, ry], angle = 0 }: Ellipse): Box => {
  const reachX = Math.hypot(rx * Math.cos(angle), ry * Math.sin(angle));
  const reachY = Math.hypot(rx * Math.sin(angle), ry * Math.cos(angle));
  return { x: x - reachX, y: y - reachY, width: 2 * reachX, height: 2 * reachY };
};

/** Smallest rectangle around others. */
const around = (boxes: readonly Box[]): Box =>
  boxAround(
    boxes.flatMap(({ x, y, width, height }): Point[] => [
      [x, y],
      [x + width, y + height],
    ]),
    0,
  );

/** A point well inside a lung, in the chest's coordinates. */
const inLung = (side: Side, next: Random): Point => [side * between(next, 0.3, 0.66), between(next, -0.62, 0.38)];

/** The heart is drawn large with the chest (see heartRatio); here its place is told. */
const enlargedHeart: Plant = ({ heart }) => [ellipseBox(heart)];

/**
 * Fluid at one base or both, its surface rising towards the chest wall (meniscus). It is densest under its surface and
 * as dense as the tissue below at its base, where the outline of the diaphragm is lost (silhouette sign); it fills the
 * recess behind the diaphragm first, which a film shows over the upper abdomen.
 */
const effusion: Plant = ({ field, at, unit, uOf, vOf, lung, base }, strength, next) => {
  const sides = next() < 0.25 ? SIDES : [anySide(next)];
  return sides.flatMap((side) => {
    const level = base[side] - between(next, 0.28, 0.75) * (0.4 + 0.6 * strength);
    const depth = (x: number, y: number) => {
      const lateral = Math.max(0, side * uOf(x, y) - 0.25);
      return vOf(x, y) - level + 0.55 * lateral * lateral;
    };
    const fluid = makeMask(field, wholeFilm, (x, y, pixel) => {
      const inside = Math.min(1, 6 * lung[side][pixel]!);
      return inside === 0 ? 0 : inside * smoothstep(depth(x, y) / 0.09);
    });
    paintMask(field, fluid, towards(DENSITY.fluid, 0.6 + 0.38 * strength));
    const crest = makeMask(field, wholeFilm, (x, y, pixel) =>
      fluid[pixel] === 0 ? 0 : fluid[pixel]! * (1 - smoothstep(depth(x, y) / (base[side] - level))),
    );
    paintMask(field, crest, add(0.2 * strength));
    const recess: Ellipse = {
      centre: at(side * 0.47, base[side] + 0.04),
      radii: [0.36 * unit, 0.16 * unit],
      soft: 0.7,
    };
    paintEllipse(field, recess, add(0.1 * strength));
    const box = boxOf(fluid, field.width, 0.35);
    return box ? [around([box, ellipseBox({ ...recess, radii: [0.25 * unit, 0.12 * unit] })])] : [];
  });
};

/** A rounded mass anywhere in a lung. */
const lesion: Plant = ({ field, at, unit, lung }, strength, next) => {
  const side = anySide(next);
  const radius = unit * between(next, 0.13, 0.2);
  const shape: Ellipse = {
    centre: at(...inLung(side, next)),
    radii: [radius, radius * between(next, 0.85, 1.15)],
    soft: 0.45,
  };
  paintEllipse(field, shape, add(between(next, 0.3, 0.42) * strength), lung[side]);
  return [ellipseBox(shape)];
};

/** Air above a fallen lung: a dark apex without vessels, and the white line of the pleura under it. */
const pneumothorax: Plant = ({ field, at, uOf, vOf, unit, lung, apex }, strength, next) => {
  const side = anySide(next);
  const depth = between(next, 0.34, 0.62);
  const edge = apex + depth;
  const heightOf = (u: number) => edge - 0.5 * (side * u - 0.45) ** 2 + 0.3 * Math.max(0, side * u - 0.55);
  const air = makeMask(field, wholeFilm, (x, y, pixel) => {
    const inside = lung[side][pixel]!;
    if (inside === 0) return 0;
    const u = uOf(x, y);
    const v = vOf(x, y);
    return inside * smoothstep((heightOf(u) - v) / 0.05);
  });
  paintMask(field, air, towards(0.06, 0.55 + 0.4 * strength));
  const pleura = [0.12, 0.3, 0.45, 0.6, 0.75].map((u) => at(side * u, heightOf(side * u)));
  paintLine(field, pleura, unit * 0.03, add(0.16 * strength), lung[side]);
  const box = boxOf(air, field.width, 0.3);
  return box ? [box] : [];
};

/** Haze around both hila that fades outwards, with short lines in it: one finding on both sides (bat's wings). */
const edema: Plant = ({ field, at, unit, lung }, strength, next) => {
  const amount = between(next, 0.16, 0.28) * strength;
  const hazes = SIDES.map((side): Ellipse => {
    const haze: Ellipse = {
      centre: at(side * 0.38, 0.02 + between(next, -0.05, 0.05)),
      radii: [unit * between(next, 0.3, 0.38), unit * between(next, 0.46, 0.6)],
      soft: 0.95,
    };
    paintEllipse(field, haze, add(amount), lung[side]);
    for (let i = 0; i < 16; i += 1) {
      const [u, v]: Point = [side * between(next, 0.2, 0.62), between(next, -0.4, 0.45)];
      const lean = between(next, -0.6, 0.6);
      const line = [at(u, v), at(u + side * 0.1 * Math.cos(lean), v + 0.1 * Math.sin(lean))];
      paintLine(field, line, unit * 0.022, add(0.5 * amount), lung[side]);
    }
    return { ...haze, radii: [haze.radii[0] * 0.85, haze.radii[1] * 0.85] };
  });
  return [around(hazes.map(ellipseBox))];
};

/** A blotchy patch in one lung. */
const consolidation: Plant = ({ field, at, unit, lung }, strength, next) => {
  const side = anySide(next);
  const shape: Ellipse = {
    centre: at(...inLung(side, next)),
    radii: [unit * between(next, 0.17, 0.27), unit * between(next, 0.16, 0.28)],
    angle: between(next, -0.8, 0.8),
    soft: 0.55,
  };
  const blotches = smoothNoise(field.width, field.height, unit * 0.06, next);
  const patch = makeMask(
    field,
    ellipseBox(shape),
    (x, y, pixel) => lung[side][pixel]! * smoothstep(0.62 + 0.9 * blotches(x, y)),
  );
  paintEllipse(field, shape, add(between(next, 0.26, 0.38) * strength), patch);
  return [ellipseBox(shape)];
};

/** Kinds of device: their lines in the chest's coordinates, and the width of each in the same. */
const DEVICES: readonly ((next: Random) => { line: Point[]; width: number; can?: Point }[])[] = [
  // A central venous catheter, over one clavicle into the superior vena cava.
  (next) => {
    const side = anySide(next);
    const tip = between(next, -0.2, 0.1);
    return [
      {
        line: [
          [side * 0.85, -0.95],
          [side * 0.5, -0.85],
          [side * 0.2, -0.7],
          [-0.1, -0.5],
          [-0.12, tip],
        ],
        width: 0.026,
      },
    ];
  },
  // A tube in the airway.
  (next) => [
    {
      line: [
        [between(next, -0.05, 0.05), -1.35],
        [0, -0.9],
        [0.02, between(next, -0.55, -0.4)],
      ],
      width: 0.05,
    },
  ],
  // A pacemaker and its leads.
  (next) => {
    const side = anySide(next);
    const can: Point = [side * between(next, 0.6, 0.75), -0.62];
    return [{ line: [can, [side * 0.3, -0.78], [-0.1, -0.5], [-0.06, 0.1], [0.22, 0.5]], width: 0.024, can }];
  },
  // A drain in the pleural space.
  (next) => {
    const side = anySide(next);
    return [
      {
        line: [
          [side * 1.05, 0.5],
          [side * 0.75, 0.3],
          [side * 0.6, -0.1],
          [side * 0.5, -0.5],
        ],
        width: 0.04,
      },
    ];
  },
];

const devices: Plant = ({ field, at, unit }, strength, next) => {
  const device = DEVICES[Math.floor(next() * DEVICES.length)]!(next);
  return device.map(({ line, width, can }) => {
    const points = line.map(([u, v]) => at(u, v));
    paintLine(field, smoothLine(points), unit * width, add(0.42 * (0.4 + 0.6 * strength)));
    if (can) {
      paintEllipse(field, { centre: at(...can), radii: [unit * 0.15, unit * 0.12], soft: 0.12 }, add(0.55 * strength));
    }
    return boxAround(points, unit * (can ? 0.14 : 0.05));
  });
};

/** What can be planted. Prevalences range from 9 to 38 in 100, so that balancing them is worth something. */
export const PLANTED = {
  Cardiomegaly: { prevalence: 0.17, persistence: 0.95, plant: enlargedHeart },
  "Lung Lesion": { prevalence: 0.09, persistence: 0.9, plant: lesion },
  Edema: { prevalence: 0.17, persistence: 0.4, plant: edema },
  Consolidation: { prevalence: 0.13, persistence: 0.4, plant: consolidation },
  Pneumothorax: { prevalence: 0.1, persistence: 0.4, plant: pneumothorax },
  "Pleural Effusion": { prevalence: 0.27, persistence: 0.6, plant: effusion },
  "Support Devices": { prevalence: 0.38, persistence: 0.7, plant: devices },
} as const satisfies Partial<Record<Observation, PlantedFinding>>;

export type PlantedName = keyof typeof PLANTED;
export const PLANTED_NAMES = Object.keys(PLANTED) as PlantedName[];

/** Findings that make a lung denser: any of them makes "Lung Opacity" true (CheXpert's hierarchy). */
export const OPACITIES: readonly PlantedName[] = ["Lung Lesion", "Edema", "Consolidation"];

/** Heart to chest ratio of a film. */
export const heartRatio = (enlarged: boolean, strength: number, next: Random): number =>
  enlarged ? 0.46 + between(next, 0.06, 0.14) * strength : between(next, 0.32, 0.41);
