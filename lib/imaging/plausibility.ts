import type { Warning } from "../contracts/api.ts";
import { type FilmRefusal, type FilmWarning, filmWarning, refusal } from "../contracts/codes.ts";
import { SMALL_SIDE } from "../domain/film-limits.ts";
import type { Size } from "../domain/geometry.ts";
import type { Film } from "./film.ts";
import { type FilmStatistics, filmStatistics, GRID } from "./statistics.ts";

/**
 * Limits of what a chest film looks like. Beside each: the range over 200 films of NIH's collection, patients of all
 * sorts and views, so that each limit keeps a distance.
 */
const LIMITS = {
  /** Grey values so close together that there is no picture. Films: 0.12 to 0.31. */
  noSignal: 0.01,
  lowContrast: 0.05,
  /** Films: 0.02 to 0.09; white noise 1.1. */
  noise: 0.6,
  roughness: 0.2,
  /** Films: at most 0.32; pages of text are of one level nearly throughout. */
  page: 0.75,
  flatShare: 0.45,
  /** Correlation with the layout of a chest. Films: 0.15 to 0.67; the same turned negative -0.67 to -0.15. */
  likeness: 0.1,
  negative: -0.12,
  /** How much more a film on its side or its head looks like a chest when it is turned. Films: at most 0.11. */
  turned: 0.15,
  /** And how much it then must: a leg across the picture reaches 0.24. */
  turnedLikeness: 0.3,
  /** Mean difference of the colours. Films in colour files: 0. */
  colour: 0.04,
  /** Longer side by shorter. Films: at most 1.3. */
  aspect: 2,
  smallSide: SMALL_SIDE,
} as const;

/**
 * Brightness that a frontal chest film has from place to place: bright spine and abdomen, two dark lungs, dark corners
 * above the shoulders. Coordinates are shares of the film's width and height; only the order of the values matters.
 */
const LAYOUT = Float64Array.from({ length: GRID * GRID }, (_, block) => {
  const across = Math.abs(((block % GRID) + 0.5) / GRID - 0.5);
  const down = (Math.floor(block / GRID) + 0.5) / GRID;
  const inLung = ((across - 0.21) / 0.13) ** 2 + ((down - 0.42) / 0.3) ** 2 < 1;
  if (down < 0.2 && across > 0.33) return -0.8;
  if (inLung && across >= 0.08) return -0.6;
  if (across > 0.44) return -0.2;
  if (across < 0.1) return 0.9;
  return down > 0.72 ? 0.6 : 0.2;
});

/** A layout after a quarter turn. */
const turned = (grid: Float64Array): Float64Array =>
  grid.map((_, block) => grid[(GRID - 1 - (block % GRID)) * GRID + Math.floor(block / GRID)]!);

/** Less its mean, and of length 1: what another grid has in common with it is a sum of products. */
function standardised(grid: Float64Array): Float64Array {
  const { mean, length } = spread(grid);
  return grid.map((value) => (value - mean) / length);
}

function spread(grid: Float64Array): { mean: number; length: number } {
  let [sum, squares] = [0, 0];
  for (let block = 0; block < grid.length; block += 1) sum += grid[block]!;
  const mean = sum / grid.length;
  for (let block = 0; block < grid.length; block += 1) squares += (grid[block]! - mean) ** 2;
  return { mean, length: Math.sqrt(squares) };
}

/** Of a grid that is of one grey value but for rounding. */
const SHORTEST = 1e-6;

/** Upright, and after one, two and three quarter turns. */
const UPRIGHT = standardised(LAYOUT);
const QUARTER = turned(UPRIGHT);
const HALF = turned(QUARTER);
const LAYOUTS = [UPRIGHT, QUARTER, HALF, turned(HALF)] as const;

/**
 * How much the film's layout is that of a frontal chest film, and at the most that of one after one, two or three quarter
 * turns: Pearson's correlation, -1 to 1.
 */
function likenessOf({ grid }: FilmStatistics): { likeness: number; turnedLikeness: number } {
  const { length } = spread(grid);
  const [likeness = 0, ...others] = LAYOUTS.map((layout) => {
    let sum = 0;
    for (let block = 0; block < layout.length; block += 1) sum += grid[block]! * layout[block]!;
    return length > SHORTEST ? sum / length : 0;
  });
  return { likeness, turnedLikeness: Math.max(...others) };
}

/** What a rule looks at. */
interface Look extends FilmStatistics {
  readonly likeness: number;
  readonly turnedLikeness: number;
  readonly colourfulness: number;
  readonly aspect: number;
  readonly smallerSide: number;
}

interface Rule<Code, Looked> {
  readonly code: Code;
  readonly holds: (look: Looked) => boolean;
}

/** The first that holds refuses the film: nothing that a model says of it could be true, and nothing can be learned from it. */
const REFUSALS: readonly Rule<FilmRefusal, FilmStatistics>[] = [
  {
    code: "no-signal",
    holds: (look) => look.deviation < LIMITS.noSignal,
  },
  {
    code: "not-a-chest-film",
    holds: (look) => look.roughness > LIMITS.noise,
  },
  {
    code: "not-a-chest-film",
    holds: (look) => look.flatShare > LIMITS.page && look.roughness > LIMITS.roughness / 2,
  },
];

const looksOdd = (look: Look): boolean =>
  look.likeness < LIMITS.likeness ||
  look.roughness > LIMITS.roughness ||
  look.flatShare > LIMITS.flatShare ||
  look.colourfulness > LIMITS.colour ||
  look.aspect > LIMITS.aspect;

const isFilm = (look: Look): boolean =>
  look.colourfulness <= LIMITS.colour && look.flatShare <= LIMITS.flatShare && look.roughness <= LIMITS.roughness;

const isNegative = (look: Look): boolean => look.likeness < LIMITS.negative && isFilm(look);

const isTurned = (look: Look): boolean =>
  look.turnedLikeness > look.likeness + LIMITS.turned &&
  look.turnedLikeness > LIMITS.turnedLikeness &&
  isFilm(look) &&
  !isNegative(look);

const WARNINGS: readonly Rule<FilmWarning, Look>[] = [
  {
    code: "inverted-film",
    holds: isNegative,
  },
  {
    code: "rotated-film",
    holds: isTurned,
  },
  {
    code: "not-a-chest-film",
    holds: (look) => looksOdd(look) && !isNegative(look) && !isTurned(look),
  },
  {
    code: "low-contrast",
    holds: (look) => look.deviation < LIMITS.lowContrast,
  },
  {
    code: "small-film",
    holds: (look) => look.smallerSide < LIMITS.smallSide,
  },
];

/** What the figures alone can't tell of a picture. */
interface Seen extends Size {
  /** See Film. */
  readonly colourfulness: number;
}

/**
 * Doubts about a film, from simple figures.
 * @throws InputError `no-signal`, `not-a-chest-film` where there is no doubt that it is no film
 */
export function doubtsOf(statistics: FilmStatistics, { width, height, colourfulness }: Seen): FilmWarning[] {
  const refused = REFUSALS.find(({ holds }) => holds(statistics));
  if (refused !== undefined) throw refusal(refused.code);
  const look: Look = {
    ...statistics,
    ...likenessOf(statistics),
    colourfulness,
    aspect: Math.max(width / height, height / width),
    smallerSide: Math.min(width, height),
  };
  return WARNINGS.filter((rule) => rule.holds(look)).map(({ code }) => code);
}

/** @throws as doubtsOf() */
export const checkPlausibility = ({ image, colourfulness }: Film): Warning[] =>
  doubtsOf(filmStatistics(image), { ...image, colourfulness }).map((code) => filmWarning(code));
