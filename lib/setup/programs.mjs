import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { BUNDLE, WHOLE } from "./bundle.mjs";
import { replaceFile } from "./replace-file.mjs";

/** In a clone: beside the packages, so that it goes with them, and two folders deep, as bin/cli is (bin/cli/places.ts). */
const FOLDER = "node_modules/.hilum";
export const programsFolder = (/** @type {string} */ root) => join(root, FOLDER);
/** Newer than every source that the bundle was made of. */
const MADE = "made";

const SOURCES = ["bin", "lib", "functions", "containers"];

/** Modules that a thread or a process of its own runs, by their names in the bundle (lib/parallel/program-modules.ts). */
export const ENTRIES = {
  hilum: "bin/hilum.ts",
  "device-probe": "bin/cli/device-probe.ts",
  "function-host": "lib/local/function-host.ts",
  "model-program": "lib/inference/model-program.ts",
  "reader-program": "lib/imaging/reader/reader-program.ts",
  "background-thread": "lib/training/background-thread.ts",
  "prepare-worker": "lib/data/prepare-worker.ts",
  "draw-thread": "lib/phantoms/draw-thread.ts",
};

/** What modules read beside themselves; linked, so that a change of theirs is seen at once. */
const READ = [
  "functions/api/page",
  "functions/api/runs-page",
  "lib/local/lifeline.mjs",
  "lib/report/published/study.csv",
];

/** Days after which a chunk goes that the last bundle is not made of: a server may still load it. */
const KEPT_DAYS = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Bundles the command line and all that it starts into `node_modules/.hilum`, where a source is newer than the bundle:
 * a program then starts in a quarter of the time. Without it bin/hilum runs the sources.
 * @param {string} root of the clone
 */
export async function bundlePrograms(root) {
  // An image is built of what it needs, and its program is bundled by itself.
  if (!existsSync(join(root, ENTRIES.hilum))) return;
  const folder = programsFolder(root);
  const since = new Date();
  const made = await stat(join(folder, MADE)).catch(() => undefined);
  if (made && (await newest(root)) < made.mtimeMs) return;
  const { build } = await import("esbuild");
  const entries = { ...ENTRIES, ...(await steps(root)) };
  const { outputFiles } = await build({
    ...BUNDLE,
    entryPoints: Object.entries(entries).map(([out, source]) => ({ in: join(root, source), out })),
    outdir: folder,
    target: "node20",
    external: [...WHOLE, "esbuild", "#tensorflow"],
    write: false,
  });
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await replaceFile(path, contents);
  for (const path of READ) await link(join(folder, basename(path)), relative(folder, join(root, path)));
  const { imports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  await replaceFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", imports }));
  await replaceFile(join(folder, MADE), "");
  await utimes(join(folder, MADE), since, since);
  await forgetChunks(folder, new Set(outputFiles.map(({ path }) => basename(path))));
}

/**
 * The state machine's steps, each in a folder of its own.
 * @param {string} root
 * @returns {Promise<Record<string, string>>} sources by their names in the bundle
 */
async function steps(root) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [room, main] of Object.entries({ functions: "handler", containers: "main" })) {
    for (const name of await readdir(join(root, room))) {
      const source = `${room}/${name}/${main}.ts`;
      if (existsSync(join(root, source))) found[`${room}-${name}-${main}`] = source;
    }
  }
  return found;
}

/**
 * When a source was last changed, in milliseconds.
 * @param {string} root
 */
async function newest(root) {
  const sources = await Promise.all(
    SOURCES.map(async (room) => {
      const entries = await readdir(join(root, room), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name));
    }),
  );
  const files = [...sources.flat().map(({ parentPath, name }) => join(parentPath, name)), join(root, "package.json")];
  return Math.max(...(await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))));
}

/**
 * @param {string} path
 * @param {string} target
 */
async function link(path, target) {
  const partial = `${path}.${process.pid}.new`;
  await symlink(target, partial);
  await rename(partial, path);
}

/**
 * @param {string} folder
 * @param {ReadonlySet<string>} used
 */
async function forgetChunks(folder, used) {
  for (const name of await readdir(folder)) {
    if (used.has(name) || !name.endsWith(".js")) continue;
    const changed = await stat(join(folder, name)).catch(() => undefined);
    if (changed && Date.now() - changed.mtimeMs > KEPT_DAYS * DAY_MS) await rm(join(folder, name), { force: true });
  }
}
