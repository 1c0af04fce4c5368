import { readdir, readFile } from "node:fs/promises";

/** Bytes that a process and its children, and theirs, have in memory. */
export async function residentBytes(pid: number): Promise<number> {
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    const status = /^\d+$/.test(name) ? await readFile(`/proc/${name}/status`, "utf8").catch(() => "") : "";
    const field = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    parents.set(Number(name), field("PPid"));
    resident.set(Number(name), field("VmRSS") * 1024);
  }
  const isOurs = (of: number): boolean => of === pid || (of > 1 && isOurs(parents.get(of) ?? 0));
  return [...resident].reduce((sum, [of, bytes]) => sum + (isOurs(of) ? bytes : 0), 0);
}
