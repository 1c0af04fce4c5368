import { setTimeout } from "node:timers/promises";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { runProgram } from "../../../lib/steps/program.ts";

/** A step program of the tests: what it does is told by the environment. */
await runProgram({ step: "prepare", array: true }, async ({ signal, note, index }) => {
  switch (process.env.TEST_WORK) {
    case "input":
      throw new InputError("csv", "train.csv line 2: wrong");
    case "temporary":
      throw new TemporaryError("busy", "the service is busy");
    case "bug":
      throw new TypeError("undefined is not a function");
    case "full":
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    case "wait":
      note("info", "waiting");
      await setTimeout(60_000, undefined, { signal }).catch(() => signal.throwIfAborted());
      return {};
    default:
      return { index };
  }
});
