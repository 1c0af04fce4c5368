import { liveTensors } from "../engine/session.ts";
import { tensorflow } from "../engine/tensorflow.ts";
import { ownKernelsCompute } from "../model/own-network.ts";
import { answerCalls, giveWay } from "../parallel/answer-calls.ts";
import { type AnsweringModel, openAnsweringModel } from "./answering-model.ts";
import type { ModelCalls } from "./messages.ts";

/** The process that holds a predictor's model; no bytes of a film's file come here. */

let model: AnsweringModel | undefined;

giveWay();
answerCalls<ModelCalls>({
  load: async ({ versionFolder, version }) => {
    model = await openAnsweringModel(versionFolder, version);
    return null;
  },
  predict: (square) => {
    if (model === undefined) throw new Error("the predictor's process was asked before it had a model");
    return model.predict(square);
  },
  vitals: async () => ({
    tensors: liveTensors(),
    residentBytes: process.memoryUsage.rss(),
    process: process.pid,
  }),
});

// Where TensorFlow will compute it is loaded while the parent fetches the model; where it cannot be, the call that needs it
// says why.
setImmediate(() => {
  try {
    if (!ownKernelsCompute()) tensorflow();
  } catch {}
});
