import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Programs run as they are written, by a loader of TypeScript, or from a bundle, whose files lie side by side. */
const isSource = import.meta.url.endsWith(".ts");

/**
 * A module that a thread or a process of its own runs.
 * @param path from the module that asks, as an import would name it
 * @param from that module's `import.meta.url`
 * @returns its address; in a bundle, and where HILUM_PROGRAMS says to start a bundle's programs, under its bundledName
 */
export function moduleBeside(path: string, from: string): URL {
  const bundle = isSource ? process.env.HILUM_PROGRAMS : from;
  return bundle ? new URL(`./${bundledName(path)}.js`, bundle) : new URL(path, from);
}

/** `../../functions/gate/handler.ts` is `functions-gate-handler` in a bundle: a module's path with its folders' names. */
export const bundledName = (path: string): string =>
  path
    .replace(/^(\.{1,2}\/)+/, "")
    .replace(/\.ts$/, "")
    .replaceAll("/", "-");

/** What Node is told before it can run a module, a path or an address: where TypeScript's loader is, by its path, from any working folder. */
export const loaderArguments = (module: string): string[] =>
  /\.ts(\?|$)/.test(module) ? ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href] : [];
