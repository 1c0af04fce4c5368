/**
 * How a program becomes a bundle: one file an entry and the chunks that entries share, side by side. Packages are in
 * it, but for those with native code or files of their own.
 */
export const WHOLE = ["sharp", "dcmjs-codecs"];

/** Packages made for CommonJS look for `require`, which a module does not have. */
const BANNER = `import { createRequire as hilumRequire } from "node:module"; globalThis.require ??= hilumRequire(import.meta.url);`;

/** @satisfies {import("esbuild").BuildOptions} */
export const BUNDLE = {
  bundle: true,
  // What is loaded later stays a file of its own, which costs nothing before.
  splitting: true,
  platform: "node",
  format: "esm",
  mainFields: ["module", "main"],
  banner: { js: BANNER },
  // The state machine matches errors by their names.
  keepNames: true,
  logLevel: "error",
};
