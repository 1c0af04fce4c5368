import type { ListedColumn } from "../../contracts/column-mapping.ts";
import { InputError } from "../../domain/errors.ts";
import { BLANK, NOT_LABELLED } from "../../domain/label-policy.ts";
import { forEachObservation, OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { keyOf } from "../column-names.ts";
import { observationOf, wordsOf } from "./plain-cells.ts";
import { rowsByFilm } from "./rows-by-film.ts";
import type { FilmRow } from "./source-format.ts";

/** Words that a message shows, and how many different ones a column of labels has at most: with more it may be of texts. */
const SHOWN = 8;
const MOST_WORDS = 200;

const UNSAID = OBSERVATIONS.map(() => NOT_LABELLED);

/** A column that names what was found in a film, several in a cell or a row each. */
export interface ListedLabels {
  /** 1 for what the cell names, BLANK for the rest; not labelled where it says nothing. */
  parse(cell: string): readonly number[];
  /**
   * Rows of one film as one. What is not named was not found, 0, where any row of the file names it; otherwise nobody looked
   * for it. @throws InputError `csv` where no word of the column is an observation
   */
  finish(file: string, rows: readonly FilmRow[]): FilmRow[];
}

export function listedLabels(column: string, { separator, means = {} }: Partial<ListedColumn> = {}): ListedLabels {
  const own = new Map(Object.entries(means).map(([word, name]) => [keyOf(word), name]));
  const known = (word: string): Observation | undefined => own.get(keyOf(word)) ?? observationOf(word);
  const strange = new Set<string>();
  return {
    parse(cell) {
      const words = wordsOf(cell, separator, (word) => known(word) !== undefined);
      if (words.length === 0) return UNSAID;
      const found = new Set(words.map(known));
      if (found.has(undefined))
        for (const word of words) if (known(word) === undefined && strange.size < MOST_WORDS) strange.add(word);
      return forEachObservation((name) => (found.has(name) ? 1 : BLANK));
    },
    finish(file, rows) {
      const named = OBSERVATIONS.map((_, k) => rows.some(({ labels }) => labels[k] === 1));
      if (rows.length > 0 && !named.includes(true)) throw unknownWords(file, column, strange);
      const absent = named.map((is) => (is ? 0 : NOT_LABELLED));
      return merged(file, rows).map((row) => ({
        ...row,
        labels: row.labels.map((label, k) => (label === BLANK ? absent[k]! : label)),
      }));
    },
  };
}

/** Rows of one film as one: found in any, looked for in any. */
const merged = (file: string, rows: readonly FilmRow[]): FilmRow[] =>
  [...rowsByFilm(file, rows).values()].map((of) => ({
    ...of[0]!,
    labels: of[0]!.labels.map((_, k) => Math.max(...of.map(({ labels }) => labels[k]!)) as number),
  }));

function unknownWords(file: string, column: string, words: ReadonlySet<string>): InputError {
  const shown = words.size >= MOST_WORDS ? [] : [...words].sort().slice(0, SHOWN);
  const has =
    shown.length === 0
      ? ""
      : ` (${shown.map((word) => JSON.stringify(word.slice(0, 40))).join(", ")}${words.size > SHOWN ? ", …" : ""})`;
  return new InputError(
    "csv",
    `${file}: no word of column ${column}${has} is one of the observations ${OBSERVATIONS.join(", ")}; say what they mean: "labels": { "column": ${JSON.stringify(column)}, "means": { "WORD": "OBSERVATION" } } in hilum.columns.json`,
  );
}
