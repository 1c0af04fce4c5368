import { InputError } from "../../../lib/domain/errors.ts";
import { answerCalls, giveWay } from "../../../lib/parallel/answer-calls.ts";

/** Answers in every way that a process can, for call-process.test.ts. */
export interface OddCalls {
  readonly echo: { ask: Uint8Array; answer: Uint8Array };
  readonly refuse: { ask: null; answer: null };
  readonly spin: { ask: null; answer: null };
  readonly wait: { ask: null; answer: null };
  readonly exit: { ask: number; answer: null };
}

giveWay();
answerCalls<OddCalls>({
  echo: async (bytes) => bytes,
  refuse: async () => {
    throw new InputError("film-size", "it is too large");
  },
  spin: async () => {
    for (;;);
  },
  wait: () => new Promise(() => {}),
  exit: async (code) => process.exit(code),
});
