/**
 * Gathers items that come while the worker is busy, and hands them over together: one alone never waits for company.
 * @param run answers the items in their order; all of a batch fail together
 */
export function batcher<Item, Answer>(
  run: (items: readonly Item[]) => readonly Answer[],
  { largest, together }: { readonly largest: number; readonly together: (a: Item, b: Item) => boolean },
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let scheduled = false;

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    const first = waiting[0]!;
    const taken: Waiting[] = [];
    for (let i = 0; i < waiting.length && taken.length < largest; ) {
      if (together(first.item, waiting[i]!.item)) taken.push(...waiting.splice(i, 1));
      else i += 1;
    }
    try {
      const answers = run(taken.map(({ item }) => item));
      taken.forEach(({ resolve }, i) => {
        resolve(answers[i]!);
      });
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    schedule();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
}
