import { mulberry32 } from "./random.ts";

export interface DrillOptions {
  readonly rounds: number;
  readonly seed: number;
}

export interface Outcome {
  /** Rounds that were played, where a drill decides that itself. */
  readonly played?: number;
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

/** What a round expects; its message is the round's failure. */
export function must(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** Plays the rounds one after the other; `next` is the round's own source of numbers from 0 to 1. */
export async function playRounds(
  { rounds, seed }: DrillOptions,
  play: (round: number, next: () => number) => Promise<void>,
): Promise<string[]> {
  const failures: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    try {
      await play(round, mulberry32(seed * 100_003 + round));
    } catch (error) {
      failures.push(`round ${round} of seed ${seed}: ${(error as Error).message}`);
    }
  }
  return failures;
}
