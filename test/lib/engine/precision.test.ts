import { expect, test } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import { requirePrecision, supportsPrecision } from "../../../lib/engine/precision.ts";

const cpu = { kind: "cpu" } as const;
const gpu = { kind: "gpu" } as const;

/** Lines of /proc/cpuinfo: AMD Zen 4, Intel Sapphire Rapids, AWS Graviton 3; Intel Skylake, Graviton 2. */
test.each([
  ["flags\t\t: fpu avx512f avx512_bf16 clzero", true],
  ["flags\t\t: fpu avx512f amx_bf16 avx512_fp16", true],
  ["Features\t: fp asimd sve i8mm bf16 dgh rng", true],
  ["flags\t\t: fpu avx2 avx512f avx512_vnni", false],
  ["Features\t: fp asimd crc32 atomics", false],
])("bfloat16 by %s: %s", (line, expected) => {
  const processor = `processor\t: 0\nmodel name\t: one\n${line}\nbugs\t\t: none\n`;
  expect(supportsPrecision("bfloat16", cpu, processor, "")).toBe(expected);
  expect(supportsPrecision("bfloat16", gpu, processor)).toBe(true);
  expect(supportsPrecision("float32", cpu, processor)).toBe(true);
});

test.each([
  ["AVX2", false],
  ["avx512_core", false],
  ["AVX512_CORE_BF16", true],
  ["AVX512_CORE_AMX", true],
  ["ALL", true],
])("bfloat16 where oneDNN is held to %s: %s", (limit, expected) => {
  expect(supportsPrecision("bfloat16", cpu, "flags\t\t: avx512f avx512_bf16\n", limit)).toBe(expected);
  expect(supportsPrecision("bfloat16", gpu, "", limit)).toBe(true);
  expect(supportsPrecision("float32", cpu, "", limit)).toBe(true);
});

test("bfloat16 that a processor lacks is refused with what runs", () => {
  const ask = () => requirePrecision("bfloat16", cpu, "flags\t\t: fpu avx2\n");
  expect(ask).toThrow(InputError);
  expect(ask).toThrow("training.precision is bfloat16, expected a processor with AVX512-BF16 or AMX, or a GPU");
  expect(() => requirePrecision("float32", cpu, "")).not.toThrow();
});
