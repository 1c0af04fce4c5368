import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundlePrograms, programsFolder } from "../lib/setup/programs.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * One folder for all that tests and the processes they start leave in the temporary folder; gone at the end. Those
 * processes run the programs' bundle, as a user's do: it is made anew where a source has changed.
 */
export default async function setUp(): Promise<() => void> {
  await bundlePrograms(ROOT);
  process.env.HILUM_PROGRAMS = pathToFileURL(`${programsFolder(ROOT)}/`).href;
  const folder = mkdtempSync(join(tmpdir(), "hilum-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
