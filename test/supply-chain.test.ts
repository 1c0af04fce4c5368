import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as z from "zod";

const Package = z.object({
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  inBundle: z.boolean().optional(),
});
const LockFile = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), Package) });

const json = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../${name}`, import.meta.url), "utf8"));

test("direct packages have exact versions", async () => {
  const { dependencies, devDependencies } = (await json("package.json")) as Record<string, Record<string, string>>;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

test("the lock file has a strong hash of every package that is shipped", async () => {
  const { lockfileVersion, packages } = LockFile.parse(await json("package-lock.json"));
  expect(lockfileVersion).toBe(3);
  const weak = Object.entries(packages).filter(
    ([path, { integrity, dev, inBundle }]) => path !== "" && !dev && !inBundle && !integrity?.startsWith("sha512-"),
  );
  expect(weak).toEqual([]);
});

test("what tfjs-node brings for its install scripts is never loaded", async () => {
  const script = `require("@tensorflow/tfjs-node"); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { maxBuffer: 1 << 24 });
  const loaded = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as string[];
  const packages = new Set(loaded.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
  expect(packages).toContain("@tensorflow/tfjs-node");
  for (const name of ["tar", "adm-zip", "https-proxy-agent", "node-fetch"]) expect(packages).not.toContain(name);
});
