/**
 * What `work` makes of each item, in the items' order; while one is used, the next `ahead` are on their way, no more.
 * @throws what `work` threw, in its turn
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  ahead: number,
  work: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const left = items[Symbol.iterator]();
  const underWay: Promise<Result>[] = [];
  let begun = 0;
  /** @returns whether there was another */
  const begin = (): boolean => {
    const { done, value } = left.next();
    if (done) return false;
    const result = work(value, begun);
    begun += 1;
    // Its error is thrown where it is awaited; until then, and where nobody comes for it, it is no unhandled one.
    result.catch(() => {});
    underWay.push(result);
    return true;
  };
  while (underWay.length < ahead && begin());
  while (underWay.length > 0) {
    const result = await underWay.shift()!;
    begin();
    yield result;
  }
}
