import { mulberry32 } from "./random.ts";

export interface DrillOptions {
  readonly rounds: number;
  readonly seed: number;
}

export interface Outcome {
  /** Rounds that were played, where they are not as many as were asked for. */
  readonly rounds?: number;
  /** Why none was played, where this machine lacks what it takes. */
  readonly lacks?: string;
  /** What went wrong, an entry a failed round. */
  readonly failures: readonly string[];
  /** What was measured, for people. */
  readonly figure: string;
}

export interface Drill {
  /** Rounds of the short form. */
  readonly rounds: number;
  run(options: DrillOptions): Promise<Outcome>;
}

/** Between words of how far a long drill has come. */
const TELL_MS = 60_000;

/** What a round expects; its message is the round's failure. */
export function must(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/**
 * What a round meets of a list: each in turn where there are as many rounds, else evenly spread over it.
 * @param rounds how many there are in all
 * @returns its place in the list
 */
export function placeOf(round: number, rounds: number, length: number, next: () => number): number {
  return rounds < length ? Math.floor(((round + next()) * length) / rounds) : round % length;
}

/**
 * Plays the rounds, so many at one time; `next` is the round's own source of numbers from 0 to 1.
 * @returns what went wrong, in the order of the rounds
 */
export async function playRounds(
  { rounds, seed }: DrillOptions,
  play: (round: number, next: () => number) => Promise<void>,
  atOnce = 1,
): Promise<string[]> {
  const failures: string[] = [];
  let [begun, played, told] = [0, 0, performance.now()];
  const tell = (): void => {
    played += 1;
    if (played === rounds || performance.now() - told < TELL_MS) return;
    told = performance.now();
    const failed = Object.values(failures);
    console.error(`  ${played} of ${rounds} rounds, ${failed.length} failed ${failed.at(-1)?.split("\n")[0] ?? ""}`);
  };
  const playOn = async (): Promise<void> => {
    while (begun < rounds) {
      const round = begun++;
      await play(round, mulberry32(seed * 100_003 + round)).catch((error: Error) => {
        failures[round] = `round ${round} of seed ${seed}: ${error.message}`;
      });
      tell();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, playOn));
  return failures.filter((failure) => failure !== undefined);
}
