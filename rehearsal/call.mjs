/** `call.mjs FILE`, with an event as its first message: calls a deployed handler as Lambda does, and answers { done } or { error }. */
import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(process.argv[2] ?? "").href);
process.once("message", async (event) => {
  const answer = await handler(event).then(
    (/** @type {unknown} */ done) => ({ done }),
    (/** @type {Error} */ { name, message }) => ({ error: `${name}: ${message}` }),
  );
  process.send?.(answer, () => process.disconnect());
});
