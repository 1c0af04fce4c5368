import { readFile } from "node:fs/promises";
import { join } from "node:path/posix";
import { expect, it } from "vitest";
import { copiedFiles } from "./dockerfile.ts";

const ROOT = new URL("../../../", import.meta.url);
const read = (file: string) => readFile(new URL(file, ROOT), "utf8");

// The stages that copy their programs one by one.
it.each(["engine-cpu", "engine-gpu", "lambda-client"])(
  "stage %s has what the programs import that it runs",
  async (target) => {
    const dockerfile = await read("containers/Dockerfile");
    const copied = copiedFiles(dockerfile, target, {});
    const isThere = (file: string) => copied.some((place) => file === place || file.startsWith(`${place}/`));
    const programs = copied.filter((file) => file.endsWith(".mjs"));
    expect(programs).toContain("containers/images/sbom.mjs");
    const missing: string[] = [];
    for (const program of programs) {
      for (const [, imported] of (await read(program)).matchAll(/^import .* from "(\.[^"]+)";$/gm)) {
        const file = join(program, "..", imported!);
        if (!isThere(file)) missing.push(`${program} imports ${file}`);
      }
    }
    expect(missing).toEqual([]);
  },
);
