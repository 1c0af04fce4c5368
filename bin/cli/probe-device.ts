import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { InputError } from "../../lib/domain/errors.ts";
import type { Device } from "../../lib/engine/tensorflow.ts";
import { loaderArguments, moduleBeside } from "../../lib/parallel/program-modules.ts";

const PROBE = fileURLToPath(moduleBeside("./device-probe.ts", import.meta.url));

/**
 * What computes, asked of a process of its own, which an engine that is broken can't take down with it.
 * @throws InputError `engine-missing`, `no-gpu` in the words of the engine's own
 */
export async function probeDevice(kind: Device["kind"]): Promise<Device> {
  // The GPU's TensorFlow is another package (package.json, "imports").
  const conditions = kind === "gpu" ? ["--conditions=gpu"] : [];
  try {
    const program = [...conditions, ...loaderArguments(PROBE), PROBE, kind];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    return JSON.parse(stdout) as Device;
  } catch (cause) {
    const [, code, message] = (cause as Error).message.match(/^(engine-missing|no-gpu): (.*)$/m) ?? [];
    throw new InputError(code ?? "engine-missing", message ?? "TensorFlow does not load", { cause });
  }
}
