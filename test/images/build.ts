import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder } from "../../lib/setup/cache-folder.mjs";
import { inTurn } from "../made-once.ts";
import { standInBase } from "./base.ts";
import { removeBuildRests } from "./left-behind.ts";
import { podman } from "./podman.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a hook that needs images may take: where none is there yet, packages are fetched and TensorFlow is set up. */
export const IMAGES_TIMEOUT_MS = 3_600_000;

export const TARGETS = ["prepare", "upsampler", "trainer", "evaluator", "api"] as const;
export type Target = (typeof TARGETS)[number];

const built = new Map<string, Promise<string>>();

/** Builds an image, or takes what was built of the same files before; answers its name. */
export function image(target: Target, { engine = "cpu" }: { readonly engine?: "cpu" | "gpu" } = {}): Promise<string> {
  const name = `localhost/hilum/${target}:${engine}`;
  const making = built.get(name) ?? build(target, name, engine);
  built.set(name, making);
  return making;
}

async function build(target: Target, name: string, engine: string): Promise<string> {
  const base = await standInBase();
  const settings = await clientSettings();
  await inTurn(join(cacheFolder(), "images", "building"), async () => {
    await removeBuildRests(base);
    await podman(
      ...["build", "--quiet", "--pull=never", "--layers", "--format=docker"],
      ...["--file", join(ROOT, "containers/Dockerfile"), "--target", target, "--tag", name],
      ...["--build-arg", `BASE=${base}`, "--build-arg", `ENGINE=${engine}`],
      ...settings.map((mount) => `--volume=${mount}:ro`),
      ROOT,
    );
  });
  return name;
}

const CERTIFICATES = "/run/certificates.pem";

/** What this machine's npm and pip are told of registries and certificates, as files to mount while an image is built. */
async function clientSettings(): Promise<string[]> {
  const folder = join(cacheFolder(), "images", "clients");
  await mkdir(folder, { recursive: true });
  const npm = async (name: string): Promise<string | undefined> => {
    const { stdout } = await run("npm", ["config", "get", name]);
    return ["", "null", "undefined"].includes(stdout.trim()) ? undefined : stdout.trim();
  };
  const pip = new Map(
    (await run("python3", ["-m", "pip", "config", "list"])).stdout
      .split("\n")
      .flatMap((line) => /^(?:global|:env:)\.([\w-]+)='(.*)'$/.exec(line)?.slice(1, 3) ?? [])
      .flatMap((_, i, all) => (i % 2 === 0 ? [[all[i]!, all[i + 1]!] as const] : [])),
  );
  const registry = await npm("registry");
  const certificates = pip.get("cert") ?? (await npm("cafile"));
  const lines = (entries: readonly (readonly [string, string | undefined])[]) =>
    entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}\n`])).join("");
  const trust = certificates && CERTIFICATES;
  const pipKeys = ["index-url", "extra-index-url", "trusted-host", "timeout"] as const;
  await writeFile(
    join(folder, "npmrc"),
    lines([
      ["registry", registry],
      ["cafile", trust],
    ]),
  );
  await writeFile(
    join(folder, "pip.conf"),
    `[global]\n${lines([...pipKeys.map((key) => [key, pip.get(key)] as const), ["cert", trust]])}`,
  );
  if (certificates) await copyFile(certificates, join(folder, "certificates.pem"));
  return [
    `${join(folder, "npmrc")}:/root/.npmrc`,
    `${join(folder, "pip.conf")}:/etc/pip.conf`,
    ...(certificates ? [`${join(folder, "certificates.pem")}:${CERTIFICATES}`] : []),
  ];
}
