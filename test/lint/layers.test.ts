import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
let tree: string;
let report: string;

const importing = (from: string) => `import { thing } from "${from}";\nexport const other = thing;\n`;

/** A breach of each room's rule, and an import that the same room may have. */
const ROOMS = [
  ["lib/domain", "../contracts/run.ts", "./errors.ts"],
  ["lib/contracts", "../store/store.ts", "../domain/errors.ts"],
  ["lib/store", "../engine/tensorflow.ts", "../contracts/layout.ts"],
  ["lib/steps", "../model/network.ts", "../store/open.ts"],
  ["lib/engine", "../model/network.ts", "../domain/errors.ts"],
  ["lib/imaging", "../inference/predictor.ts", "../domain/grey-image.ts"],
  ["lib/data", "../training/loop.ts", "../engine/decode.ts"],
  ["lib/model", "../training/loop.ts", "../engine/graph/writer.ts"],
  ["lib/training", "../report/report.ts", "../model/network.ts"],
  ["lib/registry", "../engine/tensorflow.ts", "../store/store.ts"],
  ["lib/inference", "../training/loop.ts", "../registry/versions.ts"],
  ["lib/report", "../store/store.ts", "../contracts/evaluation.ts"],
  ["lib/evaluation", "../workflow/definition.ts", "../report/report.ts"],
  ["lib/phantoms", "../model/network.ts", "../domain/random.ts"],
  ["lib/workflow", "../local/machine.ts", "../contracts/execution.ts"],
  ["lib/local", "../training/loop.ts", "../workflow/definition.ts"],
  ["lib/runs", "../training/loop.ts", "../workflow/definition.ts"],
  ["lib/report", "../runs/read-run.ts", "../contracts/run.ts"],
  ["lib/stacks", "../model/network.ts", "../workflow/definition.ts"],
  ["functions/api", "../../lib/stacks/data-stack.ts", "../../lib/inference/predictor.ts"],
  ["rehearsal", "../lib/training/loop.ts", "../lib/stacks/app.ts"],
  ["containers/trainer", "../../lib/local/machine.ts", "../../lib/training/loop.ts"],
] as const;

/** What only lib/engine may do. */
const TENSORFLOW = [
  ["lib/training/opens-tensorflow.ts", "#tensorflow", true],
  ["functions/api/opens-tensorflow.ts", "@tensorflow/tfjs-node", true],
  ["lib/engine/opens-tensorflow.ts", "#tensorflow", false],
] as const;

function plant(path: string, from: string) {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), importing(from));
}

/** A tree of planted imports under the project's own lint rules, linted once. */
beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), "hilum-layers-")));
  for (const name of ["biome.jsonc", "lint-layers.jsonc"]) cpSync(join(root, name), join(tree, name));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  for (const [room, breach, allowed] of ROOMS) {
    plant(`${room}/breach.ts`, breach);
    plant(`${room}/allowed.ts`, allowed);
  }
  for (const [path, from] of TENSORFLOW) plant(path, from);
  const args = ["lint", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--reporter=github", "."];
  const result = spawnSync(join(root, "node_modules/.bin/biome"), args, { cwd: tree, encoding: "utf8" });
  report = result.stdout;
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

const refused = (path: string) => report.includes(`file=${join(tree, path)},`);

describe("the linter holds the direction of the rooms", () => {
  it.each(ROOMS)("%s may not import %s but %s", (room) => {
    expect(refused(`${room}/breach.ts`)).toBe(true);
    expect(refused(`${room}/allowed.ts`)).toBe(false);
  });

  it.each(TENSORFLOW)("%s imports %s: refused %s", (path, _from, expected) => {
    expect(refused(path)).toBe(expected);
  });
});
