import { parentPort } from "node:worker_threads";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { serveCalls } from "../../../lib/training/thread-calls.ts";

export type TestCalls = {
  after(ms: number, value: string): Promise<string>;
  bytes(count: number): Promise<Uint8Array>;
  fail(kind: "input" | "temporary" | "bug"): Promise<never>;
  die(): Promise<void>;
};

const FAILURES = {
  input: () => new InputError("wrong-row", "row 12: 13 labels, expected 14"),
  temporary: () => new TemporaryError("no-room", "the disk is full"),
  bug: () => new RangeError("index 7 is out of range"),
};

serveCalls<TestCalls>(parentPort!, {
  async after(ms, value) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { value };
  },
  async bytes(count) {
    const value = new Uint8Array(count).fill(7);
    return { value, transfer: [value.buffer] };
  },
  fail: async (kind) => {
    throw FAILURES[kind]();
  },
  die: async () => process.exit(3),
});
