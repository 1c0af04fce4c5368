/**
 * What `work` makes of each item, in the items' order, at most `atOnce` on their way. Nothing is begun any more once one has
 * failed or `signal` has fired; what is on its way then is told by the signal that it was handed.
 * @throws at once what the first to fail threw; the signal's reason
 */
export async function eachOf<Item, Result>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Result[]> {
  const failing = new AbortController();
  const stop = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]);
  const results: Result[] = [];
  const left = numbered(items);
  async function walk(): Promise<void> {
    for (const [index, item] of left) {
      stop.throwIfAborted();
      results[index] = await work(item, index, stop);
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, walk));
    return results;
  } catch (error) {
    failing.abort(error);
    throw error;
  }
}

/** One walk over the items, whoever takes the next. */
function* numbered<Item>(items: Iterable<Item>): Generator<[number, Item]> {
  let index = 0;
  for (const item of items) {
    yield [index, item];
    index += 1;
  }
}
