/**
 * `deliver.mjs NAME=FILE...`: a process that runs deployed handlers as Lambda does. Messages { id, to, event } are answered
 * with { id, done }, many at a time; the first message says that all are loaded.
 */
import { pathToFileURL } from "node:url";

const handlers = new Map();
for (const pair of process.argv.slice(2)) {
  const [name, file] = pair.split("=");
  handlers.set(name, (await import(pathToFileURL(file ?? "").href)).handler);
}
process.on("message", async ({ id, to, event }) => {
  const done = await handlers
    .get(to)(event)
    .then(
      () => true,
      () => false,
    );
  process.send?.({ id, done });
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
