import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { image } from "../../../lib/stacks/image.ts";
import { parseStage } from "../../../lib/stacks/stage.ts";

const FOLDERS = [
  "containers/prepare",
  "containers/upsampler",
  "containers/trainer",
  "containers/evaluator",
  "functions/api",
] as const;
const BASE = `registry.example.org/library/node@sha256:${"0".repeat(64)}`;

it.each(FOLDERS)("%s is made from the stage's base, or from the Dockerfile's where the stage names none", (folder) => {
  const args = (images: { base?: string }) => image(folder, parseStage({ name: "some", images })).buildArgs ?? {};
  expect(args({ base: BASE })).toEqual({ ...args({}), BASE });
  expect(args({})).not.toHaveProperty("BASE");
});

it("the base is what every stage of the Dockerfile begins with", async () => {
  const dockerfile = await readFile(new URL("../../../containers/Dockerfile", import.meta.url), "utf8");
  const [head, ...stages] = dockerfile.split(/^(?=FROM )/m);
  expect(head).toContain("ARG BASE=");
  const names = stages.map((stage) => / AS (\S+)/.exec(stage)![1]!);
  const others = stages
    .map((stage) => /^FROM (\S+)/.exec(stage)![1]!)
    .filter((from) => from !== "${" + "BASE}" && !names.includes(from.replace(/\$\{ENGINE\}/, "cpu")));
  expect(others).toEqual([]);
});
