import { EXIT } from "../../../lib/domain/errors.ts";
import { readAhead } from "../../../lib/parallel/read-ahead.ts";
import { type AnswerOptions, answerFile, type FileAnswer } from "./answer.ts";
import type { FilmFile } from "./films.ts";
import type { Predictors } from "./predictors.ts";

export interface RunOptions extends AnswerOptions {
  readonly signal: AbortSignal;
  /** Told each answer, in the order of the films. */
  readonly onAnswer: (answer: FileAnswer) => Promise<void>;
}

/** Where so many fail alone, it is the machine's fault: the others are left for another time. */
const MOST_FAILURES_ALONE = 3;

/**
 * Answers for films. Those that fail for a reason that may pass, such as a process that another film took down with it,
 * are tried again in the end, each alone.
 * @returns what was said of those that got no answer then either
 * @throws the signal's reason, once the films under way have their answer
 */
export async function answerFiles(
  predictors: Predictors,
  films: readonly FilmFile[],
  { signal, onAnswer, ...options }: RunOptions,
): Promise<FileAnswer[]> {
  const again: FilmFile[] = [];
  const ask = (film: FilmFile) => answerFile(predictors, film, options);
  for await (const answer of readAhead(until(signal, films), predictors.filmsAtOnce, ask)) {
    if (answer.exitCode === EXIT.temporary) again.push(answer.film);
    else await onAnswer(answer);
  }
  const unanswered: FileAnswer[] = [];
  for await (const answer of readAhead(until(signal, again), 1, ask)) {
    if (answer.exitCode !== EXIT.temporary) await onAnswer(answer);
    else if (unanswered.push(answer) >= MOST_FAILURES_ALONE) break;
  }
  signal.throwIfAborted();
  return unanswered;
}

/** Films under way when the signal comes are still answered for. */
function* until<Item>(signal: AbortSignal, items: readonly Item[]): Generator<Item> {
  for (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}
