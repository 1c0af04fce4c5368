import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bundledName } from "../../../lib/parallel/program-modules.ts";
import { bundlePrograms, ENTRIES } from "../../../lib/setup/programs.mjs";

const ROOT = join(import.meta.dirname, "../../..");
const LOADER = pathToFileURL(join(ROOT, "node_modules/tsx/dist/loader.mjs")).href;

it("every module that is started by itself is in the bundle", async () => {
  const started: string[] = [];
  for (const room of ["lib", "bin", "functions", "containers"]) {
    for (const name of await readdir(join(ROOT, room), { recursive: true })) {
      if (!name.endsWith(".ts")) continue;
      const source = await readFile(join(ROOT, room, name), "utf8");
      for (const [, path = ""] of source.matchAll(/moduleBeside\(\s*"([^"]+)"/g)) started.push(bundledName(path));
    }
  }
  expect(started.sort()).toEqual(
    Object.keys(ENTRIES)
      .filter((name) => name !== "hilum")
      .sort(),
  );
});

/** A clone with bin/hilum alone, whose bundle and sources say which of them runs. */
let root: string;
const SOURCE = "lib/deep/er/source.ts";
const NATIVE = "lib/setup/native/addon.cc";
const write = async (path: string, text: string, seconds: number) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  await utimes(join(root, path), seconds, seconds);
};
const says = async () => (await promisify(execFile)(join(root, "bin/hilum"), ["a b"], { cwd: root })).stdout;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hilum clone-"));
  await mkdir(join(root, "bin"));
  await cp(join(ROOT, "bin/hilum"), join(root, "bin/hilum"));
  for (const folder of ["functions", "containers"]) await mkdir(join(root, folder));
  await write("package.json", `{ "type": "module" }`, 100);
  await write("package-lock.json", "{}", 100);
  await write("bin/hilum.ts", `console.log("sources", process.argv[2] as string)`, 100);
  await write(SOURCE, "", 100);
  await write(NATIVE, "", 100);
  await write("node_modules/tsx/dist/loader.mjs", `import "${LOADER}"`, 100);
  await write("node_modules/.hilum-ready.json", "{}", 200);
  await write("node_modules/.hilum/package.json", `{ "type": "module" }`, 200);
  await write("node_modules/.hilum/hilum.js", `console.log("bundle", process.argv[2])`, 200);
  await write("node_modules/.hilum/made", "", 200);
});
afterEach(() => rm(root, { recursive: true, force: true }));

it("sets the clone up first where what is compiled has changed since", async () => {
  const setUp = `import { utimesSync } from "node:fs"; console.log("set up"); utimesSync("${join("node_modules", ".hilum-ready.json")}", 400, 400);`;
  await write("bin/setup.mjs", setUp, 100);
  await utimes(join(root, NATIVE), 300, 300);
  expect(await says()).toBe("set up\nbundle a b\n");
  expect(await says()).toBe("bundle a b\n");
});

it("is not made where there are no sources of it, as in the build of an image", async () => {
  const image = await mkdtemp(join(tmpdir(), "hilum-image-"));
  await bundlePrograms(image);
  expect(await readdir(image)).toEqual([]);
  await rm(image, { recursive: true });
});

it("runs the bundle", async () => expect(await says()).toBe("bundle a b\n"));

it("runs the sources where one has changed since, or where there is no bundle", async () => {
  await utimes(join(root, SOURCE), 300, 300);
  expect(await says()).toBe("sources a b\n");
  await utimes(join(root, SOURCE), 100, 100);
  expect(await says()).toBe("bundle a b\n");
  await rm(join(root, "node_modules/.hilum"), { recursive: true });
  expect(await says()).toBe("sources a b\n");
});
