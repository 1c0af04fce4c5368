import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { answerCalls } from "../../../lib/parallel/answer-calls.ts";
import { Moved } from "../../../lib/parallel/calls.ts";

/** Answers in every way that a thread can, for call-thread.test.ts. */
export interface OddCalls {
  readonly after: { ask: { ms: number; value: string }; answer: string };
  readonly bytes: { ask: number; answer: Uint8Array };
  readonly fail: { ask: "input" | "temporary" | "bug"; answer: never };
  readonly die: { ask: null; answer: null };
  readonly break: { ask: null; answer: null };
}

const FAILURES = {
  input: () => new InputError("wrong-row", "row 12: 13 labels, expected 14"),
  temporary: () => new TemporaryError("no-room", "the disk is full"),
  bug: () => new RangeError("index 7 is out of range"),
};

answerCalls<OddCalls>({
  async after({ ms, value }) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  },
  async bytes(count) {
    const bytes = new Uint8Array(count).fill(7);
    return new Moved(bytes, [bytes.buffer]);
  },
  fail: async (kind) => {
    throw FAILURES[kind]();
  },
  die: async () => process.exit(3),
  break: async () => {
    setImmediate(() => {
      throw new Error("a fault that no call waits for");
    });
    return new Promise(() => {});
  },
});
