/** Our training: the step as a graph; with a frozen backbone its features once, then the head alone. */
import { ModelConfig, TrainingConfig } from "../../lib/contracts/run-config.ts";
import { device } from "../../lib/engine/tensorflow.ts";
import { initialWeights } from "../../lib/model/initial-weights.ts";
import { buildNetwork } from "../../lib/model/networks.ts";
import { createHeadSession, createTrainingSession } from "../../lib/model/training-session.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { MemoryStore } from "../../lib/store/memory.ts";
import { cachedFeatures } from "../../lib/training/feature-cache.ts";
import type { FilmSource } from "../../lib/training/film-source.ts";
import { trainingBatches } from "../../lib/training/training-batches.ts";
import type { Task } from "../train.ts";
import { noise, readTask, timed } from "./subject.ts";

const EPOCHS = 3;
const task = await readTask();
const { network, size, batch, count, precision } = task;
const config = TrainingConfig.parse({ batchSize: batch, precision });
const version = `TensorFlow ${device().tensorflow}`;

const WORK: Readonly<Record<Task["work"], () => Promise<void>>> = {
  async step() {
    const model = ModelConfig.parse({ network, channels: 3 });
    const { pixels: input, targets } = noise(task, batch);
    const session = await createTrainingSession({ ...config, model, size, seed: 1 });
    await timed(count, 2, version, () => session.step({ count: batch, input, targets }, 1e-4));
    await session.dispose();
  },

  async transfer() {
    const model = ModelConfig.parse({ network, channels: 3, trainable: "head" });
    const { pixels, targets } = noise(task, count);
    const plan = Uint32Array.from({ length: count }, (_, i) => i);
    const films: FilmSource = {
      async batch(positions) {
        const input = new Uint8Array(positions.length * size ** 2);
        positions.forEach((position, i) => {
          input.set(pixels.subarray(position * size ** 2, (position + 1) * size ** 2), i * size ** 2);
        });
        return { count: positions.length, input, targets: new Float32Array(positions.length * 14) };
      },
    };
    await timed(1, 0, version, async () => {
      const weights = initialWeights(buildNetwork(model), 1);
      const features = await cachedFeatures({
        store: new MemoryStore("memory://bench"),
        identity: async () => "bench",
        model,
        weights,
        films,
        positions: [plan],
        targets,
        size,
        batchSize: batch,
        signal: new AbortController().signal,
        reporter: createReporter("train", { emit: () => {} }),
      });
      const session = await createHeadSession({ ...config, model, seed: 1, start: weights });
      for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
        for (const request of trainingBatches({ films: features, size, plan, config, seed: 1 }, epoch, 0)) {
          await session.step(await request(), 1e-4);
        }
      }
      await session.dispose();
    });
  },
};

await WORK[task.work]();
