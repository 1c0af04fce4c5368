import { handler as notify } from "../../../functions/notify/handler.ts";
import { handler } from "../../../functions/on-data/handler.ts";

export interface Delivery {
  readonly id: number;
  readonly to: "on-data" | "notify";
  readonly event: unknown;
}

/** A process that handles events as they come, many at a time, until it is killed. */
const handlers = { "on-data": handler, notify };
process.on("message", async ({ id, to, event }: Delivery) => {
  const done = await handlers[to](event).then(
    () => true,
    () => false,
  );
  process.send?.({ id, done });
});
process.send?.("ready");
