import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One folder for all that tests and the processes they start leave in the temporary folder; gone at the end. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "hilum-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
