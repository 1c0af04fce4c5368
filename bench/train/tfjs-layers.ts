/** Stock tfjs-node: the task's network as a LayersModel, trained by its own trainOnBatch. */
import { tensorflow } from "../../lib/engine/tensorflow.ts";
import type { Layer } from "../../lib/model/network.ts";
import { HEAD } from "../../lib/model/networks.ts";
import { layersModel } from "../tfjs-network.ts";
import { noise, readTask, timed } from "./subject.ts";

const tf = tensorflow();
const task = await readTask();
const { size, batch, count } = task;

const model = layersModel(task.layers as readonly Layer[], size);
const EPOCHS = 3;
const LEARNED = new Set<string>([HEAD.hidden, HEAD.logits]);
const isTransfer = task.work === "transfer";
if (isTransfer) for (const layer of model.layers) layer.trainable = LEARNED.has(layer.name);
model.compile({ optimizer: tf.train.adam(1e-4), loss: "binaryCrossentropy" });

const films = isTransfer ? count : batch;
const { pixels, targets } = noise(task, films);

/** A step on films from one on. They come as a reader that already makes three channels of a film would hand them over. */
async function trainOn(first: number): Promise<void> {
  const some = Math.min(batch, films - first);
  const area = size * size;
  const grey = pixels.subarray(first * area, (first + some) * area);
  const image = tf.tidy(() =>
    tf.tile(tf.sub(tf.div(tf.tensor4d(grey, [some, size, size, 1]), 127.5), 1), [1, 1, 1, 3]),
  );
  const labels = tf.tensor2d(targets.subarray(first * 14, (first + some) * 14), [some, 14]);
  await model.trainOnBatch(image, labels);
  tf.dispose([image, labels]);
}

async function epochs(): Promise<void> {
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for (let first = 0; first < films; first += batch) await trainOn(first);
  }
}

const version = `tfjs-node ${tf.version["tfjs-node"]}`;
await (isTransfer ? timed(1, 0, version, epochs) : timed(count, 2, version, () => trainOn(0)));
