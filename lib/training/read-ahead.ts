/** A value and the milliseconds for which its reader had to wait. */
export interface Awaited<T> {
  readonly value: T;
  readonly waitMs: number;
}

/** Yields each request's answer in order; while one is used, the next is on its way. */
export async function* readAhead<T>(requests: Iterable<() => Promise<T>>): AsyncGenerator<Awaited<T>> {
  const queue = requests[Symbol.iterator]();
  const start = (): Promise<T> | undefined => {
    const { done, value } = queue.next();
    const answer = done ? undefined : value();
    // Its error is thrown where it is awaited; until then, and where nobody comes for it, it is no unhandled one.
    answer?.catch(() => {});
    return answer;
  };
  for (let next = start(); next; ) {
    const asked = performance.now();
    const value = await next;
    const waitMs = performance.now() - asked;
    next = start();
    yield { value, waitMs };
  }
}
