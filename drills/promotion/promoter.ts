/** A process that publishes and promotes versions when it is told to; every promotion is answered by itself. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { promote } from "../../lib/registry/channels.ts";
import { publishVersion } from "../../lib/registry/versions.ts";
import { openStore } from "../../lib/store/open.ts";
import { describeVersion } from "../../test/lib/registry/description.ts";

export interface Publish {
  readonly names: readonly string[];
}
/** All at once, at a moment in milliseconds since 1970. */
export interface Promote {
  readonly versions: readonly string[];
  readonly champion: string | null;
  readonly at: number;
}
export type Order = { readonly models: string } & (Publish | Promote);

/** Of one promotion: the generation that it wrote, or what it was told. */
export type Answer = { readonly version: string } & (
  | { readonly generation: number }
  | { readonly code: string; readonly message: string }
);

const publishOne = async (models: string, name: string): Promise<string> => {
  const bytes = Buffer.from(name);
  const files = [{ path: "saved_model/saved_model.pb", bytes }];
  return (await publishVersion(openStore(models), describeVersion({ name }), files)).version;
};

async function race({ models, versions, champion, at }: Order & Promote): Promise<void> {
  const stores = versions.map(() => openStore(models));
  while (Date.now() < at) await nextTurn();
  await Promise.all(
    versions.map(async (version, i) => {
      const answer: Answer = await promote(stores[i]!, version, { champion }).then(
        ({ generation }) => ({ version, generation }),
        ({ code = "none", message }) => ({ version, code, message }),
      );
      process.send!(answer);
    }),
  );
}

process.on("message", async (order: Order) => {
  if ("names" in order) process.send!(await Promise.all(order.names.map((name) => publishOne(order.models, name))));
  else await race(order);
});
process.on("disconnect", () => process.exit(0));
process.send!("ready");
