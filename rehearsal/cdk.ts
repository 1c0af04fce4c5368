import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../lib/setup/run-command.mjs";
import { ACCOUNT, REGION } from "./emulator/emulator.ts";

const CLI = fileURLToPath(import.meta.resolve("aws-cdk/bin/cdk"));

export interface Cdk {
  bootstrap(): Promise<void>;
  deploy(folder: string, stacks: readonly string[]): Promise<void>;
  destroy(folder: string, stacks: readonly string[]): Promise<void>;
}

/** The pinned command line, as whoever deploys calls it. */
export function cdkOf(environment: Readonly<Record<string, string>>): Cdk {
  const run = async (args: readonly string[]): Promise<void> => {
    // Away from cdk.json, whose app is not the one to deploy.
    const folder = await mkdtemp(join(tmpdir(), "hilum-cdk-"));
    const env = { ...process.env, ...environment, CI: "true", NODE_NO_WARNINGS: "1", NO_COLOR: "1" };
    try {
      const { code, output } = await runCommand(process.execPath, [CLI, ...args], { env, cwd: folder });
      if (code !== 0) throw new Error(`cdk ${args[0]} ended with ${code}: ${output.slice(-3000)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    bootstrap: () => run(["bootstrap", `aws://${ACCOUNT}/${REGION}`]),
    deploy: (folder, stacks) =>
      run(["deploy", "--app", folder, ...stacks, "--require-approval", "never", "--method", "direct"]),
    destroy: (folder, stacks) => run(["destroy", "--app", folder, ...stacks, "--force"]),
  };
}
