import { randomBytes } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../domain/sha256.ts";
import { RESERVED } from "./key.ts";
import { mayRun, SELF } from "./process-identity.ts";

/** Files of other hosts, or of an earlier start of this one, are left alone for a day. */
const FOREIGN_AGE_MS = 24 * 60 * 60 * 1000;

const MACHINE = sha256(`${SELF.host} ${SELF.boot}`).slice(0, 12);
const NAME = new RegExp(`^${RESERVED.replace(".", "\\.")}new-([0-9a-f]{12})-([0-9]+)-([0-9]*)-[0-9a-f]{16}$`);

/** A new name in the same folder, so that a rename stays inside one file system; it names the process that made it. */
export const temporaryBeside = (path: string): string => {
  const name = `${RESERVED}new-${MACHINE}-${SELF.pid}-${SELF.start}-${randomBytes(8).toString("hex")}`;
  return join(dirname(path), name);
};

/** Removes a temporary file that a killed process has left. */
export async function removeIfAbandoned(path: string): Promise<void> {
  const [, machine, pid, start] = NAME.exec(basename(path)) ?? [];
  if (machine === undefined) return;
  const abandoned =
    machine === MACHINE
      ? !mayRun({ ...SELF, pid: Number(pid), start: start ?? "" })
      : await stat(path).then(
          (found) => Date.now() - found.mtimeMs > FOREIGN_AGE_MS,
          () => false,
        );
  if (abandoned) await rm(path, { force: true });
}
