import { readFileSync } from "node:fs";
import type { Precision } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { Device } from "./tensorflow.ts";

/** Words of Linux's list of a processor's features that stand for products of bfloat16: x86's two, and Arm's. */
const BFLOAT16_FEATURES = /^(?:flags|Features)\s*:.*\b(?:avx512_bf16|amx_bf16|bf16)\b/m;

/** What oneDNN may be held to that has no such products (its documentation, "CPU Dispatcher Control"). */
const LIMITS_WITHOUT_BFLOAT16 = /^(?:SSE41|AVX|AVX2|AVX2_VNNI(?:_2)?|AVX512_CORE(?:_VNNI)?)$/i;

/**
 * Whether a device computes in that precision by instructions of its own; without them it would be slower than in
 * float32. TensorFlow asks for AVX-512 even to emulate it.
 * @param processor text of /proc/cpuinfo
 * @param limit what oneDNN is held to, of all that the processor has
 */
export const supportsPrecision = (
  precision: Precision,
  device: Pick<Device, "kind">,
  processor: string = readFileSync("/proc/cpuinfo", "utf8"),
  limit: string = process.env.ONEDNN_MAX_CPU_ISA ?? "",
): boolean =>
  precision === "float32" ||
  device.kind === "gpu" ||
  (BFLOAT16_FEATURES.test(processor) && !LIMITS_WITHOUT_BFLOAT16.test(limit));

/** @throws InputError `no-bfloat16` where it was asked for and the processor lacks it */
export function requirePrecision(...asked: Parameters<typeof supportsPrecision>): void {
  if (supportsPrecision(...asked)) return;
  const [precision] = asked;
  const expected = "expected a processor with AVX512-BF16 or AMX, or a GPU";
  throw new InputError(
    "no-bfloat16",
    `device: training.precision is ${precision}, ${expected}; float32 runs everywhere`,
  );
}
