import { readdir, readFile, writeFile } from "node:fs/promises";

/** Clock ticks a second, as Linux counts processor time for its users. */
const TICKS = 100;

interface Use {
  readonly pid: number;
  readonly parent: number;
  /** Bytes in memory now, and at most since forgetPeaks. */
  readonly bytes: number;
  readonly peak: number;
  /** Of processor time. */
  readonly seconds: number;
}

async function useOf(pid: number): Promise<Use | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "latin1");
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    const field = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    // Behind the name in brackets: state is field 3 of proc(5), user and system time are 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
    return { pid, parent: field("PPid"), bytes: field("VmRSS") * 1024, peak: field("VmHWM") * 1024, seconds };
  } catch {
    // It ended in between.
    return undefined;
  }
}

/** A process, its children and theirs. */
async function familyOf(pid: number): Promise<Use[]> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const all = new Map((await Promise.all(pids.map(useOf))).flatMap((use) => (use ? [[use.pid, use] as const] : [])));
  const isOurs = (of: number): boolean => of === pid || (of > 1 && isOurs(all.get(of)?.parent ?? 0));
  return [...all.values()].filter((use) => isOurs(use.pid));
}

/** Ids of a process's children, and of theirs, in whose command line a text stands. */
export async function childrenOf(pid: number, text: string): Promise<number[]> {
  const family = await familyOf(pid);
  const named = await Promise.all(
    family.map(async (use) => (await readFile(`/proc/${use.pid}/cmdline`, "latin1").catch(() => "")).includes(text)),
  );
  return family.filter((use, i) => named[i] && use.pid !== pid).map((use) => use.pid);
}

/** What a process and its children, and theirs, use together. */
export interface FamilyUse {
  readonly pids: readonly number[];
  readonly bytes: number;
  readonly peak: number;
  readonly seconds: number;
}

export async function familyUse(pid: number): Promise<FamilyUse> {
  const family = await familyOf(pid);
  const sum = (field: "bytes" | "peak" | "seconds") => family.reduce((total, use) => total + use[field], 0);
  return { pids: family.map((use) => use.pid), bytes: sum("bytes"), peak: sum("peak"), seconds: sum("seconds") };
}

/** Bytes that a process and its children, and theirs, have in memory. */
export const residentBytes = async (pid: number): Promise<number> => (await familyUse(pid)).bytes;

/** From here on `peak` counts anew. */
export async function forgetPeaks(pids: readonly number[]): Promise<void> {
  await Promise.all(pids.map((pid) => writeFile(`/proc/${pid}/clear_refs`, "5").catch(() => {})));
}
