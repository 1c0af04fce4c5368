import sharp from "sharp";
import { normal, type Random, random } from "../../../lib/domain/random.ts";
import { smoothNoise } from "../../../lib/phantoms/field.ts";

/** Pictures that are no chest films, drawn anew for every seed: what people and programs send by mistake. */

type Colour = readonly [red: number, green: number, blue: number];
/** Colour from 0 to 1 at a pixel; a number is grey. */
type Look = (x: number, y: number) => number | Colour;
type Kind = (next: Random, width: number, height: number) => Look;

const between = (next: Random, low: number, high: number): number => low + (high - low) * next();
const pick = <T>(next: Random, items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
const anyColour = (next: Random): Colour => [next(), next(), next()];

/** Noise with as much strength in every octave of scale, as clouds, stone and foliage have; about -1 to 1. */
function texture(next: Random, width: number, height: number, octaves = 6): (x: number, y: number) => number {
  const layers = Array.from({ length: octaves }, (_, i) => smoothNoise(width, height, Math.max(2, 200 / 2 ** i), next));
  return (x, y) => layers.reduce((sum, layer, i) => sum + layer(x, y) * 0.75 ** i, 0) / 1.6;
}

/** Marks of a text in lines: where there is ink. */
function print(next: Random, width: number, height: number): (x: number, y: number) => boolean {
  const line = between(next, 10, 26);
  const letter = line * 0.5;
  const margin = between(next, 0.04, 0.14) * width;
  const columns = pick(next, [1, 1, 2]);
  const ends = Array.from({ length: Math.ceil(height / line) }, () => (next() < 0.15 ? 0 : between(next, 0.4, 1)));
  const marks = Array.from({ length: 997 }, () => (next() < 0.17 ? -1 : Math.floor(next() * 16)));
  return (x, y) => {
    const row = Math.floor(y / line);
    const inRow = (y % line) / line;
    const columnWidth = (width - 2 * margin) / columns;
    const inColumn = (x - margin) % columnWidth;
    if (x < margin || x > width - margin || y < margin || y > height - margin) return false;
    if (inColumn > columnWidth * 0.94 * (ends[row] ?? 0) || inRow > 0.62) return false;
    const mark = marks[(Math.floor(x / letter) + row * 61) % marks.length]!;
    if (mark < 0) return false;
    const [u, v] = [(x % letter) / letter, inRow / 0.62];
    const strokes = [u < 0.22, v < 0.2, Math.abs(v - 0.5) < 0.12, u > 0.5 && u < 0.75];
    return u < 0.8 && strokes.some((stroke, i) => stroke && ((mark + 1) & (1 << i)) !== 0);
  };
}

/** A long bone in soft tissue on black, as an arm or a leg gives. */
const limb: Kind = (next, width, height) => {
  const lean = between(next, -0.25, 0.25);
  const bones = pick(next, [1, 2]);
  const half = between(next, 0.13, 0.3) * width;
  const bow = texture(next, width, height, 4);
  const grain = between(next, 0.005, 0.02);
  return (x, y) => {
    const middle = width / 2 + lean * (y - height / 2) + 0.02 * width * bow(x, y);
    const across = (x - middle) / half;
    if (Math.abs(across) > 1) return 0.02 + grain * normal(next);
    const tissue = 0.3 * Math.sqrt(1 - across * across);
    const bone = Array.from({ length: bones }, (_, i) => across - (bones === 1 ? 0 : 0.42 * (i * 2 - 1)))
      .map((offset) => offset / (bones === 1 ? 0.42 : 0.26))
      .reduce((most, u) => Math.max(most, Math.abs(u) < 1 ? 0.35 + 0.3 * Math.abs(u) : 0), 0);
    return 0.05 + tissue + bone + grain * normal(next);
  };
};

/** Fingers and a palm. */
const hand: Kind = (next, width, height) => {
  const tilt = between(next, -0.4, 0.4);
  const wide = between(next, 0.6, 1.1);
  const grain = between(next, 0.005, 0.03);
  const fingers = [-0.34, -0.17, 0, 0.17, 0.36].map((at) => ({ at, top: 0.12 + 0.7 * Math.abs(at - 0.02) }));
  return (x, y) => {
    const [u, v] = [(x / width - 0.5 + tilt * (y / height - 0.7)) / wide, y / height];
    const palm = (u / 0.3) ** 2 + ((v - 0.78) / 0.2) ** 2 < 1;
    const finger = fingers.find(({ at, top }) => Math.abs(u - at * (1.15 - 0.4 * v)) < 0.055 && v > top && v < 0.75);
    if (finger === undefined && !palm) return 0.03 + grain * normal(next);
    const joint = Math.abs(((v * 6) % 1) - 0.5) < 0.06 ? 0 : 0.35;
    const core = finger !== undefined && Math.abs(u - finger.at * (1.15 - 0.4 * v)) < 0.025 ? joint : 0;
    return 0.35 + core + grain * normal(next);
  };
};

/** A skull from the front, or a slice of a scanner: an ellipse with a bright rim on black. */
const skull: Kind = (next, width, height) => {
  const [a, b] = [between(next, 0.28, 0.42), between(next, 0.34, 0.46)];
  const inside = texture(next, width, height, 5);
  const rim = between(next, 0.05, 0.16);
  return (x, y) => {
    const r = Math.hypot((x / width - 0.5) / a, (y / height - 0.5) / b);
    if (r > 1) return 0.02 + 0.008 * normal(next);
    return r > 1 - rim ? 0.9 : 0.4 + 0.12 * inside(x, y) + 0.01 * normal(next);
  };
};

/** Sky, hills and things in front of them. */
function scene(next: Random, width: number, height: number): (x: number, y: number) => Colour {
  const [sky, zenith, ground, near] = [anyColour(next), anyColour(next), anyColour(next), anyColour(next)];
  const horizon = between(next, 0.3, 0.7);
  const hills = texture(next, width, height, 5);
  const detail = texture(next, width, height, 7);
  const things = Array.from({ length: 2 + Math.floor(next() * 7) }, () => ({
    x: next() * width,
    y: next() * height,
    radius: between(next, 0.04, 0.22) * width,
    tall: between(next, 0.5, 2.5),
    square: next() < 0.5,
    colour: anyColour(next),
  }));
  return (x, y) => {
    const thing = things.find((one) => {
      const [u, v] = [Math.abs(x - one.x) / one.radius, Math.abs(y - one.y) / (one.radius * one.tall)];
      return one.square ? Math.max(u, v) < 1 : u * u + v * v < 1;
    });
    const down = y / height;
    const edge = horizon + 0.12 * hills(x, height / 2);
    const base = down < edge ? mix(zenith, sky, down / edge) : mix(ground, near, (down - edge) / (1 - edge));
    const [colour, grit] = thing === undefined ? [base, down < edge ? 0.08 : 0.3] : [thing.colour, 0.15];
    const shade = 1 + grit * detail(x, y);
    return [colour[0] * shade, colour[1] * shade, colour[2] * shade];
  };
}

const greyOf = ([r, g, b]: Colour): number => 0.299 * r + 0.587 * g + 0.114 * b;

/** Kinds by name, each with what varies drawn from the seed. */
export const NON_FILMS = {
  flat: (next) => {
    const level = pick(next, [0, 1, next()]);
    return () => level;
  },
  "uniform noise": (next) => () => next(),
  "normal noise": (next) => {
    const strength = between(next, 0.03, 0.4);
    return () => 0.5 + strength * normal(next);
  },
  "salt and pepper": (next) => {
    const share = between(next, 0.1, 0.5);
    return () => (next() < share ? Math.round(next()) : 0.5);
  },
  "noise in colour": (next) => () => [next(), next(), next()],
  "linear gradient": (next, width, height) => {
    const angle = next() * 2 * Math.PI;
    const grain = pick(next, [0, 0.005, 0.02]);
    return (x, y) =>
      0.5 +
      0.45 * ((Math.cos(angle) * (2 * x - width)) / width + (Math.sin(angle) * (2 * y - height)) / height) +
      grain * normal(next);
  },
  "radial gradient": (next, width, height) => {
    const [cx, cy] = [between(next, 0.3, 0.7) * width, between(next, 0.3, 0.7) * height];
    const turned = next() < 0.5;
    return (x, y) => {
      const r = Math.min(1, Math.hypot(x - cx, y - cy) / (0.6 * width));
      return turned ? r : 1 - r;
    };
  },
  stripes: (next) => {
    const [angle, period] = [next() * Math.PI, between(next, 4, 150)];
    const hard = next() < 0.5;
    return (x, y) => {
      const wave = Math.sin(((x * Math.cos(angle) + y * Math.sin(angle)) * 2 * Math.PI) / period);
      return hard ? Number(wave > 0) : 0.5 + 0.5 * wave;
    };
  },
  checks: (next) => {
    const side = between(next, 6, 120);
    const [low, high] = [between(next, 0, 0.4), between(next, 0.6, 1)];
    return (x, y) => ((Math.floor(x / side) + Math.floor(y / side)) % 2 === 0 ? low : high);
  },
  "page of text": (next, width, height) => {
    const ink = print(next, width, height);
    const paper = between(next, 0.85, 1);
    return (x, y) => (ink(x, y) ? 0.1 : paper);
  },
  "scanned page": (next, width, height) => {
    const ink = print(next, width, height);
    const uneven = texture(next, width, height, 3);
    return (x, y) => (ink(x, y) ? 0.2 : 0.85) + 0.05 * uneven(x, y) + 0.015 * normal(next);
  },
  form: (next, width, height) => {
    const ink = print(next, width, height);
    const [across, down] = [width / (2 + Math.floor(next() * 4)), height / (4 + Math.floor(next() * 12))];
    return (x, y) => (x % across < 2 || y % down < 2 ? 0 : ink(x, y) ? 0.15 : 0.97);
  },
  screen: (next, width, height) => {
    const ink = print(next, width, height);
    const panels = Array.from({ length: 6 }, () => ({
      x: next() * width,
      y: next() * height,
      w: between(next, 0.1, 0.6) * width,
      h: between(next, 0.05, 0.4) * height,
      colour: anyColour(next),
    }));
    const back = anyColour(next);
    return (x, y) => {
      const panel = panels.find((one) => x > one.x && x < one.x + one.w && y > one.y && y < one.y + one.h);
      return ink(x, y) ? [0.05, 0.05, 0.05] : (panel?.colour ?? back);
    };
  },
  "colour photograph": (next, width, height) => scene(next, width, height),
  "grey photograph": (next, width, height) => {
    const seen = scene(next, width, height);
    return (x, y) => greyOf(seen(x, y));
  },
  clouds: (next, width, height) => {
    const cloud = texture(next, width, height, 7);
    const strength = between(next, 0.2, 0.5);
    return (x, y) => 0.5 + strength * cloud(x, y);
  },
  wood: (next, width, height) => {
    const grainOf = texture(next, width, height, 5);
    const period = between(next, 8, 40);
    return (x, y) => 0.5 + 0.25 * Math.sin((x / period + 3 * grainOf(x, y / 4)) * 2) + 0.02 * normal(next);
  },
  cells: (next, width, height) => {
    const spots = Array.from({ length: 40 + Math.floor(next() * 120) }, () => ({
      x: next() * width,
      y: next() * height,
      r: between(next, 4, 22),
    }));
    const back = texture(next, width, height, 4);
    return (x, y) => {
      const spot = spots.find((one) => (x - one.x) ** 2 + (y - one.y) ** 2 < one.r ** 2);
      return (spot === undefined ? 0.75 : 0.3) + 0.06 * back(x, y);
    };
  },
  limb,
  hand,
  skull,
} as const satisfies Record<string, Kind>;

export type NonFilm = keyof typeof NON_FILMS;

/** The picture as PNG, grey where its kind is. */
export async function drawNonFilm(kind: NonFilm, seed: number): Promise<Buffer> {
  const next = random(seed, kind);
  const [width, height] = [Math.round(between(next, 300, 560)), Math.round(between(next, 300, 560))];
  const look: Look = (NON_FILMS[kind] as Kind)(next, width, height);
  const first = look(0, 0);
  const channels = typeof first === "number" ? 1 : 3;
  const data = new Uint8ClampedArray(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = look(x, y);
      const colours = typeof value === "number" ? [value] : value;
      colours.forEach((part, i) => {
        data[(y * width + x) * channels + i] = 255 * part;
      });
    }
  }
  const picture = sharp(Buffer.from(data.buffer), { raw: { width, height, channels } });
  return picture
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png({ compressionLevel: 1 })
    .toBuffer();
}
