import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { escapeText } from "../../lib/domain/shown.ts";

/** Folder of the package, from here and from a bundle in node_modules/.hilum. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where results go unless --store says otherwise. */
export const DEFAULT_STORE = ".hilum/store";

/** A URI as people write it: a path where it is on this machine. */
export const asPath = (uri: string): string => (uri.startsWith("file:") ? fileURLToPath(uri) : uri);

/** The same as it is shown, on one line, and from the working folder where that is shorter. */
export function asShownPath(uri: string): string {
  const path = asPath(uri);
  const near = relative(process.cwd(), path);
  return escapeText(existsSync(path) && near !== "" && near.length < path.length ? near : path);
}

/** A message on one line, and places on this machine as people write them wherever it names them by their URI. */
export const inPaths = (message: string): string =>
  escapeText(message).replaceAll(/file:\/\/\/[^\s"',;)]*?(?=[:.]?(?:[\s"',;)]|$))/g, (uri) => {
    try {
      return asShownPath(uri);
    } catch {
      return uri;
    }
  });

export const presetsFolder = join(ROOT, "presets");
