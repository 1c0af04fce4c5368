/**
 * A program as its image carries it: `node program.mjs NAME FOLDER [ENGINE]` writes the bundle, the packages that cannot
 * be bundled, the files that it reads, and the list of what all of that is.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { BUNDLE, WHOLE } from "../../lib/setup/bundle.mjs";
import { bundledPackages, closure, writeSbom } from "./sbom.mjs";

/**
 * @typedef {object} Program
 * @property {Readonly<Record<string, string>>} entries modules by their name in the image; threads and processes of the
 *   program are entries of their own
 * @property {readonly string[]} files that its modules read beside themselves
 */

/** @type {Readonly<Record<string, Program>>} */
const PROGRAMS = {
  prepare: {
    entries: {
      main: "containers/prepare/main.ts",
      "prepare-worker": "lib/data/prepare-worker.ts",
      "reader-program": "lib/imaging/reader/reader-program.ts",
    },
    files: [],
  },
  upsampler: { entries: { main: "containers/upsampler/main.ts" }, files: [] },
  trainer: {
    entries: { main: "containers/trainer/main.ts", "background-thread": "lib/training/background-thread.ts" },
    files: [],
  },
  evaluator: { entries: { main: "containers/evaluator/main.ts" }, files: ["lib/report/published/study.csv"] },
  api: {
    entries: {
      main: "functions/api/handler.ts",
      "model-program": "lib/inference/model-program.ts",
      "reader-program": "lib/imaging/reader/reader-program.ts",
    },
    files: ["functions/api/page"],
  },
};

const [name = "", folder = "", engine = "cpu"] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined) throw new Error(`no program ${name}: expected ${Object.keys(PROGRAMS).join(", ")}`);

const { metafile } = await build({
  ...BUNDLE,
  entryPoints: Object.entries(program.entries).map(([out, file]) => ({ in: file, out })),
  outdir: folder,
  target: "node24",
  // These go into the image as they are, where the program uses them.
  external: WHOLE,
  legalComments: "linked",
  metafile: true,
});

const imported = new Set(
  Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.flatMap(({ path }) => WHOLE.filter((p) => p === path)),
  ),
);
const whole = [...imported].flatMap((path) => closure(join("node_modules", path)));
for (const path of whole) cpSync(path, join(folder, path), { recursive: true });
for (const file of program.files) cpSync(file, join(folder, file.split("/").at(-1) ?? ""), { recursive: true });

mkdirSync(folder, { recursive: true });
const tensorflow = `@tensorflow/tfjs-node${engine === "gpu" ? "-gpu" : ""}`;
writeFileSync(
  join(folder, "package.json"),
  JSON.stringify({ name: `hilum-${name}`, private: true, type: "module", imports: { "#tensorflow": tensorflow } }),
);
writeSbom(folder, { packages: [...bundledPackages(metafile), ...whole] });
