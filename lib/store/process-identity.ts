import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "../contracts/lease.ts";

const optional = (read: () => string): string => {
  try {
    return read();
  } catch {
    return "";
  }
};

/** Fields of /proc/PID/stat (proc(5)) after the second, the name, which may itself hold spaces and brackets. */
const statOf = (pid: number): readonly string[] =>
  optional(() => readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\)/s, ""))
    .trim()
    .split(" ");

const STATE = 0;
const START_TIME = 19;

export const SELF: ProcessIdentity = {
  host: `${hostname()}/${optional(() => readlinkSync("/proc/self/ns/pid"))}`,
  boot: optional(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()),
  pid: process.pid,
  start: statOf(process.pid)[START_TIME] ?? "",
};

/** Whether that process may still run; one on another host always may. */
export function mayRun(owner: ProcessIdentity): boolean {
  if (owner.host !== SELF.host) return true;
  if (owner.boot !== SELF.boot) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (owner.start === "") return true;
  const stat = statOf(owner.pid);
  return stat[START_TIME] === owner.start && stat[STATE] !== "Z" && stat[STATE] !== "X";
}
