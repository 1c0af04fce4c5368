import { cpSync } from "node:fs";
import { join } from "node:path";
import { withBundles } from "../../lib/stacks/bundle.ts";
import { newFolder } from "../workshop.ts";

export const HANDLERS = ["on-data", "on-failure"] as const;
export type HandlerName = (typeof HANDLERS)[number];

/** The very files that are deployed, as `deliver.mjs` takes them. */
export async function deployedHandlers(): Promise<string[]> {
  const folder = await newFolder();
  withBundles(HANDLERS, (code) => {
    for (const name of HANDLERS)
      cpSync((code(name) as unknown as { path: string }).path, join(folder, name), { recursive: true });
  });
  return HANDLERS.map((name) => `${name}=${join(folder, name, "index.mjs")}`);
}
