import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { newFolder } from "../workshop.ts";

/**
 * What happens at one call that changes the disk: it is full from there on, it gives an error, it writes less than
 * asked for (which it may), the process ends before it, or half-way through it, or the power is cut before it, with which
 * goes what was not flushed.
 */
export const FAULTS = ["full", "broken", "short", "killed", "torn", "power"] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultyDisk {
  readonly environment: Readonly<Record<string, string>>;
  /** Calls so far that changed the disk. */
  calls(): Promise<number>;
}

let built: Promise<string> | undefined;

async function build(): Promise<string> {
  const library = join(await newFolder(), "faulty-disk.so");
  const source = fileURLToPath(new URL("faulty-disk.c", import.meta.url));
  await promisify(execFile)("gcc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"]);
  return library;
}

/** For one process: a disk below `folder` whose `at`-th change, counted from 1, meets `fault`. */
export async function faultyDisk(folder: string, at: number, fault: Fault | "none"): Promise<FaultyDisk> {
  built ??= build();
  const counter = join(await newFolder(), "count");
  await writeFile(counter, Buffer.alloc(8));
  return {
    environment: {
      LD_PRELOAD: await built,
      FAULTY_FOLDER: folder,
      FAULTY_COUNT: counter,
      FAULTY_AT: String(at),
      FAULTY_KIND: fault,
    },
    calls: async () => Number((await readFile(counter)).readBigUInt64LE(0)),
  };
}
