import { handler } from "../../../functions/on-data/handler.ts";
import { handler as onFailure } from "../../../functions/on-failure/handler.ts";

export interface Delivery {
  readonly id: number;
  readonly to: "on-data" | "on-failure";
  readonly event: unknown;
}

/** A process that handles events as they come, many at a time, until it is killed. */
const handlers = { "on-data": handler, "on-failure": onFailure };
process.on("message", async ({ id, to, event }: Delivery) => {
  const done = await handlers[to](event).then(
    () => true,
    () => false,
  );
  process.send?.({ id, done });
});
process.send?.("ready");
