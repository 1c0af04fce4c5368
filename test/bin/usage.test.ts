import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../bin/cli/program.ts";
import { hilum } from "./hilum.ts";

const commands = (parent: Command): Command[] => parent.commands.flatMap((child) => [child, ...commands(child)]);

const helpOf = (command: Command): string => {
  let text = "";
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
};

describe("help", () => {
  const leaves = commands(createProgram()).filter((command) => command.commands.length === 0);

  test.each(leaves.map((command) => [command.name(), command] as const))("%s has an example", (_, command) => {
    expect(helpOf(command)).toMatch(/Example:\n {2}\$ hilum /);
  });

  test("there is a command for everything", () => {
    expect(leaves.map((command) => command.name())).toEqual([
      ...["demo", "run", "predict", "serve"],
      // Of runs, then of models.
      ...["list", "show", "compare", "resume", "serve", "export", "remove"],
      ...["list", "show", "diff", "promote", "rollback", "verify"],
      ...["metrics", "validate-external", "inspect", "import-weights", "doctor", "status", "logs", "empty"],
      ...["validate", "plan", "prepare", "merge", "upsample", "train", "evaluate", "gate", "promote", "notify"],
    ]);
  });

  test("goes to stdout and is no error", async () => {
    const { exitCode, stdout, stderr } = await hilum(["run", "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("--config <preset>");
  });
});

describe("a wrong call ends with 64 and one sentence", () => {
  const DATA = ["--data", tmpdir()];

  test.each([
    ["an unknown option", ["doctor", "--datum"], "hilum: unknown option '--datum'"],
    ["an option that is missing", ["run", ...DATA], "required option '--config <preset>' not specified"],
    ["an unknown command", ["trian"], "unknown command 'trian'"],
    ["a port that is none", ["serve", "--port", "eighty"], "Expected a whole number from 0 to 65535."],
    ["a store that is none", ["serve", "--store", "ftp://there"], "expected a folder, file:///folder or s3://bucket"],
    ["no file", ["predict"], "missing required argument 'file'"],
    ["an unknown observation", ["predict", "x.png", "--observation", "Flu"], "Allowed choices are No Finding"],
  ])("%s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await hilum(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("wrong input ends with 64 and says where", () => {
  const configured = async (config: unknown): Promise<string> => {
    const file = join(await mkdtemp(join(tmpdir(), "hilum-config-")), "mine.json");
    await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
    return file;
  };
  const DENSENET = { network: "densenet-mini" };

  test.each([
    ["no such preset", async () => "smok", ["config smok: can't be read", "one of the presets demo, "]],
    ["no JSON", () => configured("{"), ["mine.json: not JSON"]],
    [
      "an unknown setting",
      () => configured({ name: "x", model: DENSENET, epochs: 3 }),
      ["mine.json: epochs: no such setting"],
    ],
    [
      "several faults",
      () => configured({ name: "X", model: DENSENET, training: { epochs: 0, rate: 1 } }),
      ["name: expected lower case letters", "training.epochs: Too small", "training.rate: no such setting"],
    ],
  ])("%s", async (_, config, messages) => {
    const store = await mkdtemp(join(tmpdir(), "hilum-store-"));
    const { exitCode, stderr } = await hilum(["run", "--data", tmpdir(), "--config", await config(), "--store", store]);
    expect(exitCode).toBe(64);
    for (const message of messages) expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a store without a model", async () => {
    const store = await mkdtemp(join(tmpdir(), "hilum-store-"));
    const { exitCode, stderr } = await hilum(["predict", "film.png", "--model", store]);
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/^hilum: \/.*: no model there yet; bin\/hilum demo makes one/);
  });
});
