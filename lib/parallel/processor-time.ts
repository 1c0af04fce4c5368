import { readFile } from "node:fs/promises";

/** Ticks of a second in /proc, on every Linux. */
const TICKS = 100;

/** Seconds of processor time that a process has taken, its threads together; undefined where that can't be had. */
export async function processorSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // Its name, in brackets, may hold spaces; behind it the 12th and 13th fields are of the user's and the system's time.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields?.[11]) + Number(fields?.[12]);
  return Number.isNaN(ticks) ? undefined : ticks / TICKS;
}
