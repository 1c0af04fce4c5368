import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as z from "zod";
import { ENGINE_VARIANTS } from "../lib/setup/engine-variants.mjs";

const Package = z.object({
  /** Where its folder has another. */
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  inBundle: z.boolean().optional(),
});
const LockFile = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), Package) });

interface Component {
  readonly name: string;
  readonly purl: string;
  readonly hashes?: readonly unknown[];
  readonly components?: readonly Component[];
}
const flatten = (components: readonly Component[]): readonly Component[] =>
  components.flatMap((component) => [component, ...flatten(component.components ?? [])]);

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

test("the list of contents has every package of the lock file and every wheel, with its hash", async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "hilum-sbom-"));
  try {
    await promisify(execFile)(process.execPath, ["bin/sbom.mjs", join(folder, "sbom.json")], { cwd: root });
    const { components }: { components: Component[] } = JSON.parse(await readFile(join(folder, "sbom.json"), "utf8"));
    const listed = new Set(flatten(components).map(({ purl }) => purl));
    const { packages } = LockFile.parse(await json("package-lock.json"));
    const missing = Object.entries(packages)
      .filter(([path, { inBundle }]) => path !== "" && !inBundle)
      .map(([path, { name, version }]) => {
        const known = name ?? path.replace(/.*node_modules\//, "");
        return `pkg:npm/${known.replace("@", "%40")}@${version}`;
      })
      .filter((purl) => !listed.has(purl));
    expect(missing).toEqual([]);
    const wheels = components.filter(({ purl }) => purl.startsWith("pkg:pypi/"));
    for (const { distribution, sha256 } of Object.values(ENGINE_VARIANTS)) {
      expect(wheels).toContainEqual(
        expect.objectContaining({ name: distribution, hashes: [{ alg: "SHA-256", content: sha256 }] }),
      );
    }
    expect(wheels.map(({ name }) => name)).toContain("nvidia-cudnn-cu12");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
