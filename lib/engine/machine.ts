import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import packageJson from "../../package.json" with { type: "json" };
import type { Machine } from "../contracts/machine.ts";
import { device } from "./tensorflow.ts";

/** A file a GPU, of NVIDIA's driver. */
const GPUS = "/proc/driver/nvidia/gpus";

/** What this process computes with. Loads TensorFlow. */
export function machine(): Machine {
  const { kind, tensorflow } = device();
  return {
    hilum: packageJson.version,
    node: process.versions.node,
    tensorflow,
    device: kind,
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    gpus: kind === "gpu" ? gpuNames() : [],
  };
}

function gpuNames(): string[] {
  try {
    return readdirSync(GPUS).flatMap((gpu) => {
      const [, model] = /^Model:\s*(.+)$/m.exec(readFileSync(`${GPUS}/${gpu}/information`, "utf8")) ?? [];
      return model === undefined ? [] : [model.trim()];
    });
  } catch {
    // Containers may be without the driver's files: a name is nothing to fail for.
    return [];
  }
}
