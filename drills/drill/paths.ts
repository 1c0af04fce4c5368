import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { sha256 } from "../../lib/domain/sha256.ts";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import { hilum } from "../processes.ts";
import { objectsOf } from "../whole.ts";
import { newFolder, smallConfig } from "../workshop.ts";

const FILMS = 30;
const WRONG_INPUT = 64;
/** From one round's kind to the next one's, so that the short form has some of every sort. */
const STRIDE = 13;
/** Seconds after which a run that reads a pipe or a device without an end is given up. */
const PATIENCE = 60;

interface Film {
  /** As its row names it. */
  readonly path: string;
  /** Where it lies. */
  readonly file: string;
  /** A film outside of the data folder. */
  readonly outside: string;
}

/** Other words for a row's path, or another thing in its film's place. */
type Kind = { readonly path: (film: Film) => string } | { readonly place: (film: Film) => Promise<unknown> };

const KINDS: Readonly<Record<string, Kind>> = {
  "..": { path: ({ path }) => path.replace("/patient", "/../../outside/patient") },
  "an absolute path": { path: ({ outside }) => outside },
  "a file URL": { path: ({ outside }) => `file://${outside}` },
  "an S3 URL": { path: () => "s3://bucket/patient00001/study1/view1_frontal.jpg" },
  "an HTTP URL": { path: () => "http://127.0.0.1/patient00001/study1/view1_frontal.jpg" },
  "a NUL": { path: ({ path }) => `${path}\0.png` },
  "a line break": { path: ({ path }) => `"${path.replace("/study", "\n/study")}"` },
  "a backslash": { path: ({ path }) => path.replaceAll("/", "\\") },
  "a drive": { path: ({ path }) => `C:${path}` },
  "a link to a film": { place: ({ file, outside }) => symlink(outside, file) },
  "a link to a link": {
    place: async ({ file, outside }) => {
      await symlink(outside, `${file}.link`);
      await symlink(`${file}.link`, file);
    },
  },
  "a link in the way": {
    async place({ file, outside }) {
      await rm(dirname(file), { recursive: true });
      await symlink(dirname(outside), dirname(file));
    },
  },
  "a link to a device": { place: ({ file }) => symlink("/dev/zero", file) },
  "a pipe": { place: ({ file }) => promisify(execFile)("mkfifo", [file]) },
  "a folder": { place: ({ file }) => mkdir(file) },
};

/** When a file was last read, where the file system keeps account: each first read after a change. */
async function sealed(file: string): Promise<() => Promise<boolean>> {
  const old = new Date(1_000_000_000_000);
  await utimes(file, old, new Date());
  return async () => (await stat(file)).atimeMs !== old.getTime();
}

/** Rows that name what is not a film of the data folder: refused with their line, and nothing outside is read. */
export const paths: Drill = {
  rounds: 4,
  async run(options) {
    const base = await newFolder();
    await writePhantoms({ folder: join(base, "films"), seed: 2, frontalFilms: FILMS });
    const config = join(base, "none-aside.json");
    const usual = JSON.parse(await readFile(await smallConfig(), "utf8")) as { prepare: object };
    await writeFile(config, JSON.stringify({ ...usual, prepare: { ...usual.prepare, maxSetAsideShare: 0 } }));
    const probe = join(base, "probe");
    await writeFile(probe, "read");
    const wasRead = await sealed(probe);
    await readFile(probe);
    const isKept = await wasRead();

    const met: string[] = [];
    const failures = await playRounds(options, async (round, next) => {
      const names = Object.keys(KINDS);
      const name = names[(round * STRIDE + options.seed - 1) % names.length]!;
      const kind = KINDS[name]!;
      const folder = await newFolder();
      await cp(join(base, "films"), join(folder, "films"), { recursive: true });
      const csv = join(folder, "films/train.csv");
      const lines = (await readFile(csv, "utf8")).split("\n");
      // A run looks at the films of frontal views alone.
      const frontal = lines.flatMap((text, i) => (text.includes(",Frontal,") ? [i + 1] : []));
      const line = frontal[Math.floor(next() * frontal.length)]!;
      const path = lines[line - 1]!.split(",")[0]!;
      const film: Film = {
        path,
        file: join(folder, path),
        outside: join(folder, "outside/patient00001/study1", path.split("/").at(-1)!),
      };
      await mkdir(dirname(film.outside), { recursive: true });
      await rename(film.file, film.outside);
      const hash = sha256(await readFile(film.outside));
      if ("place" in kind) await kind.place(film);
      else lines[line - 1] = lines[line - 1]!.replace(path, () => kind.path(film));
      await writeFile(csv, lines.join("\n"));
      const isRead = await sealed(film.outside);

      const store = await newFolder();
      const { child, ended, output } = hilum([
        "run",
        "--data",
        join(folder, "films"),
        "--config",
        config,
        "--store",
        store,
      ]);
      const end = await Promise.race([ended, sleep(PATIENCE * 1000)]);
      if (end === undefined) child.kill("SIGKILL");
      must(end !== undefined, `${name}: it still runs after ${PATIENCE} s`);
      must(end.code === WRONG_INPUT, `${name}: ended with ${end.code}: ${output.text}`);
      must(output.text.includes(`train.csv line ${line}:`), `${name}: line ${line} is not named: ${output.text}`);
      must(!(await isRead()), `${name}: the film outside was read`);
      for (const object of await objectsOf(store)) {
        const content = await readFile(join(store, object), "latin1");
        must(!content.includes(hash), `${name}: ${object} has the film outside`);
      }
      met.push(name);
    });
    const how = isKept ? "not read" : "not kept (this file system keeps no account of reads)";
    return { failures, figure: `refused with their line, what lies outside ${how}: ${met.join(", ")}` };
  },
};
