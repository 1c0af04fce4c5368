import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Measurement, median } from "./measurement.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Says at the end how much processor time it took, which depends less than time on what else the machine does. */
const COUNT_SECONDS = `data:text/javascript,process.on("exit",()=>{
  const { user, system } = process.cpuUsage();
  process.stdout.write(String((user + system) / 1e6));
})`;

/** `npm run synth`: templates of every stage and their functions' bundles, the CDK's own validation included. */
export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "3" } } });
  const seconds: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) seconds.push(await synthesise());
  return [
    {
      ...{ bench: "synth", subject: "bin/cdk.ts", metric: "processor time", unit: "s" },
      value: Number(median(seconds).toPrecision(3)),
      flags: `rounds=${values.rounds}`,
    },
  ];
}

async function synthesise(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-bench-"));
  try {
    const child = spawn(process.execPath, ["--import", COUNT_SECONDS, "--import", "tsx", "bin/cdk.ts"], {
      cwd: ROOT,
      env: { ...process.env, CDK_OUTDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    if (code !== 0) throw new Error(`bin/cdk.ts ended with ${code}: ${errors}`);
    return Number(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
