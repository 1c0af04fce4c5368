import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
  readonly Properties: any;
}

export interface Synthesis {
  readonly folder: string;
  /** Templates as they were written, by stack. */
  readonly templates: ReadonlyMap<string, string>;
}

/** Runs `bin/cdk.ts` as `npm run synth` does: without an account, without Docker. */
export async function synthesise(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Synthesis> {
  const { CDK_DEFAULT_ACCOUNT: _, CDK_DEFAULT_REGION: __, ...environment } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "bin/cdk.ts"], {
    cwd: ROOT,
    env: { ...environment, CDK_OUTDIR: folder, ...settings },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`bin/cdk.ts ended with ${code}: ${errors}`);
  const templates = new Map<string, string>();
  for (const name of (await readdir(folder)).sort()) {
    const [stack, rest] = name.split(".template.json");
    if (rest === "") templates.set(stack!, await readFile(join(folder, name), "utf8"));
  }
  return { folder, templates };
}

export const resourcesOf = (template: string): Resource[] => Object.values(JSON.parse(template).Resources);
