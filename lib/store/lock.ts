import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import type { ProcessIdentity } from "../contracts/lease.ts";
import { TemporaryError } from "../domain/errors.ts";
import { sha256 } from "../domain/sha256.ts";
import { backOff } from "../parallel/back-off.ts";
import { mayRun, SELF } from "./process-identity.ts";
import { temporaryBeside } from "./temporary-file.ts";

/** How long to wait for another writer; what happens under a lock takes milliseconds. */
const PATIENCE_MS = 30_000;
/** Milliseconds between looks. */
const WAIT = { first: 1, longest: 50 };

/** What a lock file holds; the token is never used twice. */
interface Holder extends ProcessIdentity {
  readonly token: string;
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** Who holds the lock; undefined where nobody does. A file that a power cut left torn belongs to nobody alive. */
function holderOf(lock: string): (Holder | { token: string; pid: null }) | undefined {
  let text: string;
  try {
    text = readFileSync(lock, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return { token: sha256(text).slice(0, 16), pid: null };
  }
}

/** Takes the lock, or says which process holds it. */
function tryAcquire(lock: string): "acquired" | Holder {
  const temporary = temporaryBeside(lock);
  const own: Holder = { ...SELF, token: randomBytes(8).toString("hex") };
  writeFileSync(temporary, JSON.stringify(own), { flag: "wx" });
  try {
    for (;;) {
      try {
        linkSync(temporary, lock);
        return "acquired";
      } catch (error) {
        if (!isCode(error, "EEXIST")) throw error;
      }
      const holder = holderOf(lock);
      if (holder === undefined) continue;
      if (holder.pid !== null && mayRun(holder)) return holder;
      const outcome = takeOver(lock, holder.token, temporary);
      if (outcome !== "changed") return outcome;
    }
  } finally {
    unlinkIfThere(temporary);
  }
}

/**
 * Replaces the lock of a dead holder. Only the holder of a second lock, named after the dead one's token, may do so;
 * since tokens never recur and the dead change nothing, the first lock stays the dead one's until it is replaced.
 * A process that dies in here leaves the second lock to be taken over in the same way.
 */
function takeOver(lock: string, deadToken: string, temporary: string): "acquired" | "changed" | Holder {
  const right = `${lock}.${deadToken}`;
  const outcome = tryAcquire(right);
  if (outcome !== "acquired") return outcome;
  try {
    if (holderOf(lock)?.token !== deadToken) return "changed";
    renameSync(temporary, lock);
    return "acquired";
  } finally {
    unlinkSync(right);
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

/**
 * Runs `act` while no other process, and nothing else in this one, holds the same lock file. `act` is synchronous, so
 * that the lock is held for a moment only. A lock outlives its process where that is killed; the next one takes it over.
 * @throws TemporaryError `store-busy`
 */
export async function withLock<T>(lock: string, act: () => T): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let looks = 1; ; looks += 1) {
    const outcome = tryAcquire(lock);
    if (outcome === "acquired") break;
    if (Date.now() > deadline) {
      const who = `process ${outcome.pid} on ${outcome.host}`;
      throw new TemporaryError("store-busy", `${lock}: held by ${who}; delete this file if that process is gone`);
    }
    await backOff(WAIT, looks);
  }
  try {
    return act();
  } finally {
    unlinkSync(lock);
  }
}

/**
 * Takes a lock for as long as this process works, or until what is returned is called; never waits.
 * @throws TemporaryError `in-use` where another process holds it
 */
export function holdLock(lock: string): () => void {
  const outcome = tryAcquire(lock);
  if (outcome === "acquired") return () => unlinkSync(lock);
  const who = `process ${outcome.pid} on ${outcome.host}`;
  throw new TemporaryError("in-use", `${lock}: held by ${who}; wait for it, or delete this file if it is gone`);
}
