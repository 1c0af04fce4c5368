import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { must } from "../drill.ts";
import { hilum } from "../processes.ts";
import { serving } from "../serving.ts";
import { calmRun, newFolder } from "../workshop.ts";
import { allWell, everyCall, filmsGoOn } from "./guest.ts";

const run = promisify(execFile);

/** A lack: what of the machine is not there, or other than usual. */
export interface Lack {
  /** Whether it takes the right to mount file systems. */
  readonly mounts?: boolean;
  play(): Promise<void>;
}

async function ownStore(): Promise<string> {
  const { store } = await calmRun();
  const copy = await newFolder();
  await cp(store, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** Serves somewhere after some words of a shell, and everything is answered. */
const served =
  (words: string, environment: Readonly<Record<string, string>> = {}) =>
  async (): Promise<void> => {
    const server = await serving(await ownStore(), [], environment, words);
    await allWell(server, words);
    await server.stop();
  };

async function within(folder: string, options: readonly string[], use: () => Promise<void>): Promise<void> {
  await run("mount", [...options, folder]);
  try {
    await use();
  } finally {
    await run("umount", ["--lazy", folder]);
  }
}

const FEW = 128;
const CROWD = 200;
const DAY = 86_400;

export const LACKS: Readonly<Record<string, Lack>> = {
  "no HOME": { play: served("unset HOME XDG_CACHE_HOME") },
  "a HOME that is not there": { play: served("export HOME=/nowhere/at/all") },
  "umask 077": {
    async play() {
      const store = await ownStore();
      const server = await serving(store, [], {}, "umask 077");
      await allWell(server, "umask 077");
      await server.stop();
      for (const entry of await readdir(join(store, "feedback"), { recursive: true, withFileTypes: true })) {
        const { mode } = await stat(join(entry.parentPath, entry.name));
        must((mode & 0o077) === 0, `${entry.name} may be read by others: ${mode.toString(8)}`);
      }
    },
  },
  "no temporary folder": {
    async play() {
      const { ended, output } = hilum(["serve", "--port", "0", "--store", await ownStore()], {
        TMPDIR: "/nowhere/at/all",
      });
      const { code } = await ended;
      must(code === 64 || code === 75, `without a temporary folder it ended with ${code}: ${output.text}`);
      must(output.text.includes("/nowhere/at/all"), `it does not say which folder is missing: ${output.text}`);
    },
  },
  "a temporary folder that goes away": {
    async play() {
      const temporary = await newFolder();
      const server = await serving(await ownStore(), [], { TMPDIR: temporary });
      await rm(temporary, { recursive: true });
      await filmsGoOn(server, "the temporary folder is away");
      await mkdir(temporary, { recursive: true });
      await allWell(server, "the temporary folder is back");
      await server.stop();
    },
  },
  "a full disk": {
    mounts: true,
    async play() {
      const disk = await newFolder();
      await within(disk, ["-t", "tmpfs", "-o", "size=4m", "tmpfs"], async () => {
        const feedback = join(disk, "feedback");
        const server = await serving(await ownStore(), ["--feedback", feedback], { TMPDIR: disk });
        await allWell(server, "a disk with room");
        const filler = join(disk, "filler");
        await writeFile(filler, Buffer.alloc(8 << 20)).catch(() => {});
        const { upload } = await filmsGoOn(server, "a full disk");
        must(upload === 503, `an upload on a full disk: ${upload}`);
        await rm(filler);
        await allWell(server, "a disk with room again");
        await server.stop();
      });
    },
  },
  "a store that is read-only": {
    mounts: true,
    async play() {
      const store = await ownStore();
      await within(store, ["--bind", store], async () => {
        await run("mount", ["-o", "remount,bind,ro", store]);
        const server = await serving(store);
        const { labels } = await filmsGoOn(server, "a read-only store");
        must(labels >= 400, `labels for a read-only store: ${labels}`);
        await run("mount", ["-o", "remount,bind,rw", store]);
        await allWell(server, "a store that may be written again");
        await server.stop();
      });
    },
  },
  "a store on an overlay": {
    mounts: true,
    async play() {
      const [lower, base, over] = [await ownStore(), await newFolder(), await newFolder()];
      await within(base, ["-t", "tmpfs", "tmpfs"], async () => {
        const [upper, work] = [join(base, "upper"), join(base, "work")];
        await Promise.all([mkdir(upper), mkdir(work)]);
        const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
        await within(over, ["-t", "overlay", "-o", options, "overlay"], async () => {
          const server = await serving(over);
          await allWell(server, "an overlay");
          await server.stop();
          const { code } = await hilum(["models", "verify", "--store", over]).ended;
          must(code === 0, `models verify on an overlay ended with ${code}`);
        });
      });
    },
  },
  "few descriptors": {
    async play() {
      const server = await serving(await ownStore(), [], {}, `ulimit -n ${FEW}`);
      await allWell(server, `${FEW} descriptors`);
      const { port } = new URL(server.url);
      const sockets = Array.from({ length: CROWD }, (): Socket => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.on("error", () => {});
        return socket;
      });
      await sleep(1000);
      for (const socket of sockets) socket.destroy();
      await sleep(1000);
      await allWell(server, `${FEW} descriptors, after ${CROWD} connections`);
      await server.stop();
    },
  },
  "a clock that jumps": {
    async play() {
      const folder = await newFolder();
      const [library, offset] = [join(folder, "clock.so"), join(folder, "offset")];
      const source = fileURLToPath(new URL("../faulty/jumping-clock.c", import.meta.url));
      await run("gcc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
      await writeFile(offset, "0");
      const server = await serving(await ownStore(), [], { LD_PRELOAD: library, CLOCK_OFFSET: offset });
      for (const seconds of [0, DAY, -DAY, 40 * 365 * DAY, 0]) {
        await writeFile(offset, `${seconds}`);
        await allWell(server, `the clock ${seconds} s off`);
      }
      await server.stop();
    },
  },
  "little memory": {
    async play() {
      // What V8 may have for itself; a film's pixels lie outside of it.
      const server = await serving(await ownStore(), [], { NODE_OPTIONS: "--max-old-space-size=96" });
      await Promise.all(Array.from({ length: 24 }, () => everyCall(server, "little memory")));
      await allWell(server, "little memory, afterwards");
      await server.stop();
    },
  },
};
