import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const modulesOf = async (entry: string): Promise<string[]> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  return Object.keys(metafile.inputs);
};

test.each([
  "functions/validate/handler.ts",
  "functions/plan/handler.ts",
  "functions/merge/handler.ts",
  "containers/upsampler/main.ts",
])("%s needs no engine", async (entry) => {
  expect((await modulesOf(entry)).filter((file) => file.startsWith("lib/engine/"))).toEqual([]);
});

test("preparation does, so the look above is not blind", async () => {
  expect(await modulesOf("lib/data/prepare-worker.ts")).toContain("lib/engine/grey-jpeg.ts");
});
