import { copyFile, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Asker, answersAgain, saidOf, versionOf } from "../asker.ts";
import { type Drill, must, placeOf, playRounds } from "../drill.ts";
import { childrenOf } from "../memory.ts";
import { serving } from "../serving.ts";
import { twoVersions } from "../two-versions.ts";
import { objectsOf } from "../whole.ts";

const CLIENTS = 2;
/** Milliseconds for which a file is another, at most. */
const CHANGED_MS = 2000;
/** Milliseconds between the end of the model's process and the change, which then comes while it is loaded again. */
const LATER_MS = 800;

/** Makes another file of it; `others` is the same file of another version. */
const SWAPS: Readonly<Record<string, (path: string, bytes: Buffer, place: number, others: string) => Promise<void>>> = {
  flipped: (path, bytes, place) => {
    const changed = Buffer.from(bytes);
    changed[Math.floor(place * bytes.length)]! ^= 0x10;
    return writeFile(path, changed);
  },
  cut: (path, bytes, place) => truncate(path, Math.floor(place * bytes.length)),
  lost: (path) => rm(path),
  "another version's": (path, _bytes, _place, others) => copyFile(others, path).catch(() => rm(path)),
};

/**
 * Files of the version that answers are changed under the service, and its process is ended, before or after: what answers is
 * always the version that it says, and again within seconds of the file's return.
 */
export const swap: Drill = {
  rounds: 6,
  async run(options) {
    const { store, channels } = await twoVersions();
    const versions = join(store, "models/versions");
    const folder = join(versions, channels.production);
    const files = await objectsOf(folder);
    const server = await serving(store);
    const said = saidOf(await server.ask(server.film));
    const isRight = (answer: Parameters<typeof saidOf>[0]): boolean =>
      versionOf(answer) === channels.production && saidOf(answer) === said;
    const asker = new Asker(server, CLIENTS, (answer) => {
      if (answer.status === 503) return;
      must(answer.status === 200, `${answer.status} ${answer.text.slice(0, 200)}`);
      must(isRight(answer), `an answer that is not ${channels.production}'s, under its name`);
    });
    const kinds = Object.keys(SWAPS);
    const all = files.flatMap((name) => kinds.flatMap((kind) => [true, false].map((first) => ({ name, kind, first }))));
    // Those that answer come first: the graph, and what tells strange films.
    all.sort((a, b) => Number(isOfAnswers(b.name)) - Number(isOfAnswers(a.name)));
    let slowest = 0;
    const failures = await playRounds(options, async (round, next) => {
      const { name, kind, first } = all[placeOf(round, options.rounds, all.length, next)]!;
      const path = join(folder, name);
      const kept = `${path}.kept`;
      await copyFile(path, kept);
      const bytes = await readFile(path);
      const change = () => SWAPS[kind]!(path, bytes, next(), join(versions, channels.previous, name));
      if (first) await change();
      for (const pid of await childrenOf(server.child.pid!, "model-program")) process.kill(pid, "SIGKILL");
      if (!first) {
        await sleep(next() * LATER_MS);
        await change();
      }
      await sleep(next() * CHANGED_MS);
      await rename(kept, path);
      slowest = Math.max(slowest, await answersAgain(server, isRight, `${name} ${kind}, back`));
      asker.check();
    });
    await asker.stop();
    await server.stop();
    const figure = `answers ${asker.told}, each of the version that it says; back within ${slowest.toFixed(1)} s`;
    return { failures, figure };
  },
};

const isOfAnswers = (name: string): boolean => /saved_model|feature|manifest/.test(name);
