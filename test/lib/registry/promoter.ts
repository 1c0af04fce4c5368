/**
 * A process that promotes. Told what by messages; answers a race with one message, a drill with one a promotion.
 */
import { promote } from "../../../lib/registry/channels.ts";
import { openStore } from "../../../lib/store/open.ts";

export interface Race {
  readonly uri: string;
  /** Milliseconds since 1970 at which all begin. */
  readonly startAt: number;
  readonly champion: string | null;
  /** What each promotion of this process promotes. */
  readonly versions: readonly string[];
}

/** Promotes these in turn, over and over, until killed. */
export interface Drill {
  readonly uri: string;
  readonly versions: readonly string[];
}

export type Order = { race: Race } | { drill: Drill };
export type Outcome = { readonly won: string } | { readonly lost: string } | { readonly failed: string };

async function race({ uri, startAt, champion, versions }: Race): Promise<Outcome[]> {
  const stores = versions.map(() => openStore(uri));
  while (Date.now() < startAt) await new Promise((resolve) => setImmediate(resolve));
  return Promise.all(
    versions.map((version, i) =>
      promote(stores[i]!, version, { champion }).then(
        (): Outcome => ({ won: version }),
        (error): Outcome => (error.name === "TemporaryError" ? { lost: error.code } : { failed: String(error) }),
      ),
    ),
  );
}

process.on("message", async (order: Order) => {
  if ("race" in order) return process.send!(await race(order.race));
  const { uri, versions } = order.drill;
  const models = openStore(uri);
  for (let turn = 0; ; turn += 1) {
    const { generation } = await promote(models, versions[turn % versions.length]!);
    process.send!(generation);
  }
});
process.send!("ready");
