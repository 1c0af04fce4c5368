import { answerCalls, giveWay } from "../../parallel/answer-calls.ts";
import { filmReader } from "./film-reader.ts";
import type { ReaderCalls } from "./reader-calls.ts";

/** A process that reads films' files, which nobody vouches for; it holds no model, and whatever a file does to it is over with it. */

const reader = filmReader();

giveWay();
answerCalls<ReaderCalls>({
  ...reader,
  vitals: async () => ({ tensors: 0, residentBytes: process.memoryUsage.rss(), process: process.pid }),
});
