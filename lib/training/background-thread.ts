import { workerData } from "node:worker_threads";
import { runKeys } from "../contracts/layout.ts";
import { openTrainingData } from "../data/training-data.ts";
import { answerCalls } from "../parallel/answer-calls.ts";
import { Moved } from "../parallel/calls.ts";
import { openRooms } from "../store/open.ts";
import type { BackgroundCalls, BackgroundOptions } from "./background.ts";
import { openCheckpoints } from "./checkpoint-store.ts";
import { filmIdentity } from "./film-identity.ts";
import { filmSource } from "./film-source.ts";

/** The thread of lib/training/background.ts. */
const { environment, run, member } = workerData as BackgroundOptions;
const rooms = openRooms(environment);
const checkpoints = openCheckpoints(rooms.runs, runKeys(run).member(member));
// Asked for first, and its failure told there.
const opened = openTrainingData(rooms, run);
opened.catch(() => {});

answerCalls<BackgroundCalls>({
  async open() {
    const { size, epochPlan, split } = await opened;
    return { size, plan: epochPlan, tuning: Uint32Array.from(split.tuning) };
  },
  async batch(positions) {
    const batch = await filmSource(await opened).batch(positions);
    return new Moved(batch, [batch.input.buffer as ArrayBuffer, batch.targets.buffer as ArrayBuffer]);
  },
  targets: async () => (await opened).targets,
  identity: async (positions) => filmIdentity(await opened, positions),
  load: () => checkpoints.load(),
  async save(checkpoint) {
    await checkpoints.save(checkpoint);
    return null;
  },
  async close() {
    await (await opened).close();
    return null;
  },
});
