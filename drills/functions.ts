/**
 * The state machine's functions one after the other, called with the events that it would give them. Exit code 75 where
 * one of them asks to be tried again, 1 where it fails for good.
 */
import { handler as gate } from "../functions/gate/handler.ts";
import { handler as merge } from "../functions/merge/handler.ts";
import { handler as notify } from "../functions/notify/handler.ts";
import { handler as plan } from "../functions/plan/handler.ts";
import { handler as promote } from "../functions/promote/handler.ts";
import { handler as validate } from "../functions/validate/handler.ts";

const TEMPORARY = 75;

try {
  for (const handler of [validate, plan, merge, gate, promote, notify]) await handler({ run: process.env.HILUM_RUN });
} catch (error) {
  console.error(error);
  process.exit((error as Error).name === "TemporaryError" ? TEMPORARY : 1);
}
