import { parentPort, workerData } from "node:worker_threads";
import { runKeys } from "../contracts/layout.ts";
import { openTrainingData } from "../data/training-data.ts";
import { openRooms } from "../store/open.ts";
import type { BackgroundCalls, BackgroundOptions } from "./background.ts";
import { openCheckpoints } from "./checkpoint-store.ts";
import { filmIdentity } from "./film-identity.ts";
import { filmSource } from "./film-source.ts";
import { serveCalls } from "./thread-calls.ts";

/** The thread of lib/training/background.ts. */
const { environment, run, member } = workerData as BackgroundOptions;
const rooms = openRooms(environment);
const checkpoints = openCheckpoints(rooms.runs, runKeys(run).member(member));
// Asked for first, and its failure told there.
const opened = openTrainingData(rooms, run);
opened.catch(() => {});

serveCalls<BackgroundCalls>(parentPort!, {
  async open() {
    const { size, epochPlan, split } = await opened;
    return { value: { size, plan: epochPlan, tuning: Uint32Array.from(split.tuning) } };
  },
  async batch(positions) {
    const value = await filmSource(await opened).batch(positions);
    return { value, transfer: [value.input.buffer as ArrayBuffer, value.targets.buffer as ArrayBuffer] };
  },
  targets: async () => ({ value: (await opened).targets }),
  identity: async (positions) => ({ value: filmIdentity(await opened, positions) }),
  load: async () => ({ value: await checkpoints.load() }),
  save: async (checkpoint) => ({ value: await checkpoints.save(checkpoint) }),
  async close() {
    await (await opened).close();
    return { value: undefined };
  },
});
