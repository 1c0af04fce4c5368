import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { breaches, importsOf, isProgram, roomOf } from "../../bin/lint/breaches.mjs";
import { ROOMS, type Room } from "../../bin/lint/rooms.mjs";

const root = join(import.meta.dirname, "../..");

/** Every way in which a program can name a module. */
const WAYS = [
  ["import", (name: string) => `import { thing } from "${name}";`],
  ["import of a type", (name: string) => `import type { Thing } from '${name}';`],
  ["import over several lines", (name: string) => `import {\n  type Thing,\n}\n  from // why\n  "${name}";`],
  ["import for its effect", (name: string) => `import "${name}";`],
  ["import()", (name: string) => `export const load = () => import(/* when asked */ "${name}");`],
  ["import() of a text without quotes", (name: string) => `export const load = () => import(\`${name}\`);`],
  ["import() in a type", (name: string) => `export type Thing = import("${name}").Thing;`],
  ["export from", (name: string) => `export * from "${name}";`],
  ["export of a type", (name: string) => `export type { Thing } from "${name}";`],
  ["require", (name: string) => `const thing = require("${name}");`],
  ["require made there", (name: string) => `const thing = createRequire(import.meta.url)("${name}");`],
  ["resolve", (name: string) => `const thing = import.meta.resolve("${name}");`],
] as const;

/** Ways that name a program of its own, never a package. */
const PROGRAM_WAYS = [
  ["a program beside", (name: string) => `const PROGRAM = moduleBeside("${name}", import.meta.url);`],
  ["an address", (name: string) => `const PROGRAM = new URL("${name}", import.meta.url);`],
] as const;

/** What each room's rule is there for: an import that it may not have, and one that it may. */
const RULES = [
  ["lib/domain", "../contracts/run.ts", "./errors.ts"],
  ["lib/domain", "zod", "node:crypto"],
  ["lib/contracts", "../store/store.ts", "../domain/errors.ts"],
  ["lib/setup", "../domain/errors.ts", "./packages.mjs"],
  ["lib/parallel", "../contracts/run.ts", "../domain/errors.ts"],
  ["lib/store", "../engine/tensorflow.ts", "../contracts/layout.ts"],
  ["lib/steps", "../model/network.ts", "../store/open.ts"],
  ["lib/engine", "../model/network.ts", "../domain/errors.ts"],
  ["lib/imaging", "../inference/predictor.ts", "../domain/grey-image.ts"],
  ["lib/data", "../training/loop.ts", "../engine/decode.ts"],
  ["lib/model", "../training/loop.ts", "../engine/graph/writer.ts"],
  ["lib/training", "../report/report.ts", "../model/network.ts"],
  ["lib/training", "#tensorflow", "zod"],
  ["lib/registry", "../engine/tensorflow.ts", "../store/store.ts"],
  ["lib/inference", "../training/loop.ts", "../registry/versions.ts"],
  ["lib/report", "../store/store.ts", "../contracts/evaluation.ts"],
  ["lib/report", "../runs/read-run.ts", "../contracts/run.ts"],
  ["lib/evaluation", "../workflow/definition.ts", "../report/report.ts"],
  ["lib/phantoms", "../model/network.ts", "../domain/random.ts"],
  ["lib/workflow", "../local/machine.ts", "../contracts/execution.ts"],
  ["lib/local", "../training/loop.ts", "../workflow/definition.ts"],
  ["lib/runs", "../training/loop.ts", "../workflow/definition.ts"],
  ["lib/cloud", "../stacks/app.ts", "@aws-sdk/client-sfn"],
  ["lib/stacks", "../model/network.ts", "../workflow/definition.ts"],
  ["lib/stacks", "@aws-sdk/client-s3", "aws-cdk-lib/aws-s3"],
  ["lib/runs", "@aws-sdk/client-s3", "zod"],
  ["functions/api", "../../lib/stacks/data-stack.ts", "../../lib/inference/predictor.ts"],
  ["functions/api", "@tensorflow/tfjs-node", "hono"],
  ["functions/api/routes", "../../../lib/training/loop.ts", "../../../lib/runs/read-run.ts"],
  ["functions/gate", "../api/app.ts", "../../lib/registry/channels.ts"],
  ["functions/login", "../../lib/domain/errors.ts", "./login.js"],
  ["containers/trainer", "../../lib/local/machine.ts", "../../lib/training/loop.ts"],
  ["bin", "../test/global-setup.ts", "../lib/local/machine.ts"],
  ["bin", "aws-cdk-lib", "commander"],
  ["bench", "../rehearsal/run.ts", "../lib/training/loop.ts"],
  ["drills", "../bench/run.ts", "../lib/training/loop.ts"],
  ["rehearsal", "../lib/training/loop.ts", "../lib/stacks/app.ts"],
  ["presets", "../lib/domain/errors.ts", "./smoke.json"],
] as const;

const told = (path: string, text: string, rooms?: Record<string, Room>) => breaches([[path, text]], rooms);

describe("the table of rooms holds who imports whom", () => {
  it.each(RULES)("%s may not import %s but %s", (room, breach, allowed) => {
    for (const [way, write] of WAYS) {
      expect(told(`${room}/planted.ts`, write(breach)), way).toHaveLength(1);
      expect(told(`${room}/planted.ts`, write(allowed)), way).toEqual([]);
    }
  });

  const rooms = Object.keys(ROOMS).filter((room) => !room.includes("."));

  it.each(rooms)("%s imports the rooms of its row and no other, whatever the way", (room) => {
    const { imports } = ROOMS[room]!;
    for (const other of rooms.filter((other) => other !== room)) {
      const up = "../".repeat(room.split("/").length);
      const isAllowed = imports.some(
        (row) => row === other || row === "*" || (row.endsWith("/*") && other.startsWith(row.slice(0, -1))),
      );
      for (const [way, write] of [...WAYS, ...PROGRAM_WAYS]) {
        expect(told(`${room}/planted.mjs`, write(`${up}${other}/thing.ts`)), `${way} ${other}`).toHaveLength(
          isAllowed ? 0 : 1,
        );
      }
    }
  });

  it.each(["lib/new/x.ts", "functions/new/handler.ts", "lib/x.ts", "new/x.mjs", "x.ts", "lib/domains/x.ts"])(
    "%s is of a room that has no row",
    (path) => expect(told(path, "export {};")).toHaveLength(1),
  );

  it("knows no room that is imported but has no row", () => {
    for (const [way, write] of [...WAYS, ...PROGRAM_WAYS]) {
      expect(told("lib/stacks/x.ts", write("../new/x.ts")), way).toHaveLength(1);
      expect(told("lib/stacks/x.ts", write("../../../elsewhere/x.ts")), way).toHaveLength(1);
    }
  });

  it.each(["/x.ts", "file:///x.ts", "#other"])("%s names no module", (name) =>
    expect(told("bin/x.ts", `import "${name}";`)).toHaveLength(1),
  );

  it("tells what is no import from what is", () => {
    const text = `Buffer.from("../x.ts", "base64"); run(["--import", "tsx"]); const from = "../y.ts"; new URL("../x.txt", u);`;
    expect(importsOf(text)).toEqual([]);
  });

  it("gives a file with a row of its own to that row", () => {
    expect(roomOf("bin/setup.mjs")).toBe("bin/setup.mjs");
    expect(roomOf("bin/cli/setup.mjs")).toBe("bin");
    expect(told("bin/setup.mjs", 'import { z } from "zod";')).toHaveLength(1);
  });
});

describe("the table itself", () => {
  const tree = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");

  it("has a row for nothing that is not there", () => {
    for (const room of Object.keys(ROOMS))
      expect(
        tree.some((path) => roomOf(path) === room),
        room,
      ).toBe(true);
  });

  it("allows nothing that no program of the product needs", () => {
    const made = new Set<string>();
    for (const path of tree.filter(
      (path) => /^(lib|functions)\//.test(path) && isProgram(path) && existsSync(join(root, path)),
    )) {
      for (const name of importsOf(readFileSync(join(root, path), "utf8")).filter((name) => name.startsWith("."))) {
        made.add(`${roomOf(path)} -> ${roomOf(posix.join(posix.dirname(path), name))}`);
      }
    }
    const allowed = Object.entries(ROOMS)
      .filter(([room]) => /^(lib|functions)\//.test(room))
      .flatMap(([room, { imports }]) => imports.map((other) => `${room} -> ${other}`));
    expect(allowed.filter((direction) => !made.has(direction))).toEqual([]);
  });

  it("goes in one direction: no room comes back to itself", () => {
    const reached = (room: string, seen: readonly string[]): void => {
      expect(seen).not.toContain(room);
      for (const next of ROOMS[room]?.imports ?? []) if (next in ROOMS) reached(next, [...seen, room]);
    };
    for (const room of Object.keys(ROOMS).filter((room) => room !== "test")) reached(room, []);
  });
});

describe("a planted tree", () => {
  let tree: string;

  function plant(path: string, text: string) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }

  beforeAll(() => {
    tree = realpathSync(mkdtempSync(join(tmpdir(), "hilum-layers-")));
    execFileSync("git", ["init", "--quiet"], { cwd: tree });
    cpSync(join(root, "biome.jsonc"), join(tree, "biome.jsonc"));
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    writeFileSync(join(tree, ".gitignore"), "node_modules\n");
  });

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  const lint = () => spawnSync("node", [join(root, "bin/lint-rooms.mjs")], { cwd: tree, encoding: "utf8" });

  it("is refused for what its rooms may not import, and told where", () => {
    plant("lib/domain/good.ts", 'export { other } from "./other.ts";');
    expect(lint().status).toBe(0);
    plant("lib/domain/bad.ts", 'import type { Run } from "../contracts/run.ts";');
    plant("lib/unheard-of/good.ts", "export {};");
    const { status, stdout } = lint();
    expect(status).toBe(1);
    expect(stdout.trim().split("\n")).toEqual([
      "lib/domain/bad.ts imports ../contracts/run.ts: lib/domain may import no other room",
      "lib/unheard-of/good.ts: its room has no row in bin/lint/rooms.mjs",
    ]);
  });

  it("is refused for files that import each other in a circle, of types too", () => {
    plant("circle/a.ts", 'import type { B } from "./b.ts";\nexport type A = { b: B };\n');
    plant("circle/b.ts", 'import type { A } from "./a.ts";\nexport type B = { a: A };\n');
    const args = ["lint", "--only=suspicious/noImportCycles", "--reporter=github", "circle"];
    const { stdout } = spawnSync(join(root, "node_modules/.bin/biome"), args, { cwd: tree, encoding: "utf8" });
    for (const name of readdirSync(join(tree, "circle"))) expect(stdout).toContain(`circle/${name}`);
  });
});
