import { setTimeout as sleep } from "node:timers/promises";

export interface BackOff {
  /** Milliseconds after the first failure, twice as many after each further one ... */
  readonly first: number;
  /** ... up to so many. */
  readonly longest: number;
}

/**
 * Milliseconds to wait after so many failures: drawn between half and one and a half times what the failures come to, so that
 * several who failed together part.
 * @param failures 1 or more
 */
export const backOffMs = ({ first, longest }: BackOff, failures: number, draw: () => number = Math.random): number =>
  Math.min(longest, first * 2 ** (failures - 1)) * (0.5 + draw());

/** Waits as long. @throws the signal's own error where it fires meanwhile */
export async function backOff(how: BackOff, failures: number, signal?: AbortSignal): Promise<void> {
  await sleep(backOffMs(how, failures), undefined, signal && { signal });
}
