import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A turn is lost when its process has ended, or when it takes longer than making anything does. */
const LONGEST_TURN_MS = 1_200_000;

/** Does the work while no other process does work of that name; `turn` is a path in a folder that exists. */
export async function inTurn<T>(turn: string, work: () => Promise<T>): Promise<T> {
  while (!(await takeTurn(turn))) await sleep(500);
  try {
    return await work();
  } finally {
    await rm(turn, { recursive: true, force: true });
  }
}

/** Makes a file of the per-user cache where it is not there; of several processes that need it one makes it, the others wait. */
export async function madeOnce(path: string, make: () => Promise<void>): Promise<string> {
  if (await exists(path)) return path;
  await inTurn(`${path}.making`, async () => {
    if (!(await exists(path))) await make();
  });
  return path;
}

async function takeTurn(turn: string): Promise<boolean> {
  const made = await mkdir(turn).then(
    () => true,
    () => false,
  );
  if (made) {
    await writeFile(join(turn, OWNER), String(process.pid));
    return true;
  }
  const began = await stat(turn).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  const owner = await readFile(join(turn, OWNER), "utf8").catch(() => "");
  const ended = owner !== "" && !(await exists(`/proc/${owner}`));
  if (ended || Date.now() > began + LONGEST_TURN_MS) await rm(turn, { recursive: true, force: true });
  return false;
}

/** Holds the process id of whoever has the turn. */
const OWNER = "owner";
