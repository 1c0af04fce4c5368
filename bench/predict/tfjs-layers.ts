/** Stock tfjs-node: the task's network as a LayersModel with the task's weights, through its own predict. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { device, tensorflow } from "../../lib/engine/tensorflow.ts";
import type { Layer } from "../../lib/model/network.ts";
import { MANY } from "../predict.ts";
import { layersModel } from "../tfjs-network.ts";
import { normalised, readTask, timed } from "./subject.ts";

const tf = tensorflow();
const { folder, layers, weights, size, count, pixels } = await readTask();

const model = layersModel(layers as readonly Layer[], size);
const values = new Float32Array(new Uint8Array(readFileSync(join(folder, "weights.bin"))).buffer);
for (const layer of model.layers) {
  const own = layer.weights.map(({ originalName }) => {
    const { shape, offset } = weights.find(({ name }) => name === originalName)!;
    const length = shape.reduce((product, side) => product * side, 1);
    return tf.tensor(values.subarray(offset, offset + length), [...shape]);
  });
  layer.setWeights(own);
}

const input = normalised(pixels, size, "channels last");
const predict = (films: number): Float32Array =>
  tf.tidy(() => {
    const image = tf.tensor4d(input.subarray(0, films * 3 * size * size), [films, size, size, 3]);
    const answer = model.predict(image) as import("#tensorflow").Tensor;
    return answer.dataSync() as Float32Array;
  });
const one = await timed(count, () => predict(1));
const many = await timed(Math.ceil(count / 3), () => predict(MANY));
const probabilities = [...predict(MANY)];
const version = `tfjs-node ${tf.version["tfjs-node"]}, oneDNN ${device().oneDnn ? "on" : "off"}`;
console.log(JSON.stringify({ one, many, probabilities, version }));
