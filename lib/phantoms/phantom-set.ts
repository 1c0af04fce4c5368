import { drawPopulation, type PhantomFilm } from "./population.ts";

/** Which phantoms a data set has. */
export interface PhantomRecipe {
  /** Of the data set: the first segment of every path in its CSV files. */
  readonly name: string;
  readonly seed: number;
  readonly frontalFilms: number;
}

export type PhantomPart = "train" | "valid";

export interface PhantomSet {
  readonly films: readonly PhantomFilm[];
  partOf(film: PhantomFilm): PhantomPart;
  /** Of a film's file, from the data set's folder. */
  fileOf(film: PhantomFilm): string;
  /** The same from the folder above, as CSV files say it. */
  pathOf(film: PhantomFilm): string;
}

const VALID_SHARE = 0.1;

/** Films before they are drawn: the same for the same recipe, in whichever thread. */
export function phantomSet({ name, seed, frontalFilms }: PhantomRecipe): PhantomSet {
  const films = drawPopulation(seed, frontalFilms);
  const lastTraining = films[Math.floor(films.length * (1 - VALID_SHARE))]?.patient ?? 0;
  const partOf = ({ patient }: PhantomFilm): PhantomPart => (patient <= lastTraining ? "train" : "valid");
  const fileOf = (film: PhantomFilm) => `${partOf(film)}/${relativePath(film)}`;
  return { films, partOf, fileOf, pathOf: (film) => `${name}/${fileOf(film)}` };
}

const relativePath = ({ patient, study, view, frontal }: PhantomFilm): string =>
  `patient${String(patient).padStart(5, "0")}/study${study}/view${view}_${frontal ? "frontal" : "lateral"}.jpg`;
