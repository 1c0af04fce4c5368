/** Stock tfjs-node: the task's network as a LayersModel, trained by its own trainOnBatch. */
import { tensorflow } from "../../lib/engine/tensorflow.ts";
import type { Layer } from "../../lib/model/network.ts";
import { layersModel } from "../tfjs-network.ts";
import { noise, readTask, timed } from "./subject.ts";

const tf = tensorflow();
const task = await readTask();
const { size, batch, count } = task;

const model = layersModel(task.layers as readonly Layer[], size);
model.compile({ optimizer: tf.train.adam(1e-4), loss: "binaryCrossentropy" });
// As a reader that already makes three channels of a film would hand it over.
const { pixels, targets } = noise(task, batch);
const image = tf.tidy(() =>
  tf.tile(tf.sub(tf.div(tf.tensor4d(pixels, [batch, size, size, 1]), 127.5), 1), [1, 1, 1, 3]),
);
const labels = tf.tensor2d(targets, [batch, 14]);
await timed(count, 2, `tfjs-node ${tf.version["tfjs-node"]}`, () => model.trainOnBatch(image, labels));
