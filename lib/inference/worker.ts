import { constants, setPriority } from "node:os";
import { liveTensors } from "../engine/session.ts";
import { tensorflow } from "../engine/tensorflow.ts";
import { ownKernelsCompute } from "../model/own-network.ts";
import { type Answerer, openAnswerer } from "./answerer.ts";
import type { CallName, Calls, Reply, Request } from "./messages.ts";
import { errorReply } from "./messages.ts";

/** The process of a predictor: decodes, checks, resizes and predicts away from the caller's event loop. */

// The threads that TensorFlow starts from here on give way to the process that answers health and uploads.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

/** Films in hand at one time; the rest wait as the bytes they came in. */
const FILMS_AT_ONCE = 8;

let answerer: Answerer | undefined;

const loaded = (): Answerer => {
  if (answerer === undefined) throw new Error("the predictor's process was asked before it had a model");
  return answerer;
};

const HANDLERS: { readonly [Name in CallName]: (ask: Calls[Name]["ask"]) => Promise<Calls[Name]["answer"]> } = {
  load: async ({ versionFolder, version }) => {
    answerer = await openAnswerer(versionFolder, version);
    return null;
  },
  answer: ({ film, options }) => inTurn(() => loaded().answer(film, options)),
  picture: ({ film, options }) => inTurn(() => loaded().picture(film, options)),
  vitals: async () => ({
    tensors: liveTensors(),
    residentBytes: process.memoryUsage.rss(),
    process: process.pid,
  }),
};

const waiting: (() => void)[] = [];
let working = 0;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working >= FILMS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  working += 1;
  try {
    return await work();
  } finally {
    working -= 1;
    waiting.shift()?.();
  }
}

async function reply({ id, call, ask }: Request): Promise<Reply> {
  try {
    return { id, answer: await (HANDLERS[call] as (ask: unknown) => Promise<Calls[CallName]["answer"]>)(ask) };
  } catch (error) {
    return errorReply(id, error);
  }
}

// Where TensorFlow will compute it is loaded while the parent fetches the model; where it cannot be, the call that needs it
// says why.
setImmediate(() => {
  try {
    if (!ownKernelsCompute()) tensorflow();
  } catch {}
});

process.on("message", async (request: Request) => {
  const answered = await reply(request);
  if (process.connected) process.send!(answered);
});
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on("SIGINT", () => {});
