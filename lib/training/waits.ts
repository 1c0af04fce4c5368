/** A value and the milliseconds for which its reader had to wait. */
export interface Waited<T> {
  readonly value: T;
  readonly waitMs: number;
}

/** The same values, each with how long it was waited for. */
export async function* waits<T>(values: AsyncIterable<T>): AsyncGenerator<Waited<T>> {
  let asked = performance.now();
  for await (const value of values) {
    yield { value, waitMs: performance.now() - asked };
    asked = performance.now();
  }
}
