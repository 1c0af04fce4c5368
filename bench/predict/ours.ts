/** Our serving graph as it serves: from grey bytes to probabilities, and to maps. */

import { loadServingGraph } from "../../lib/engine/saved-model.ts";
import { device } from "../../lib/engine/tensorflow.ts";
import { openServingModel } from "../../lib/model/serving-model.ts";
import { MANY } from "../predict.ts";
import { readTask, timed } from "./subject.ts";

const { folder, model, size, count, pixels, endurance } = await readTask();
const inTensorflow = process.argv[2] === "tensorflow";
const graph = await (inTensorflow ? loadServingGraph(folder) : openServingModel(folder, { model, size }));
const film = pixels.subarray(0, size * size);
const residentMegabytes = (): number => process.memoryUsage.rss() / 1e6;

const one = await timed(count, () => graph.run(film, 1));
const maps = await timed(count, () => graph.run(film, 1, { maps: true }));
const many = await timed(Math.ceil(count / 3), () => graph.run(pixels, MANY));
const probabilities = [...graph.run(pixels, MANY).probabilities];

let memory: [number, number] | undefined;
if (endurance > 0) {
  for (let i = 0; i < endurance / 20; i += 1) graph.run(film, 1);
  const before = residentMegabytes();
  for (let i = 0; i < endurance; i += 1) graph.run(film, 1);
  memory = [before, residentMegabytes()];
}
const { tensorflow, oneDnn } = device();
const version = inTensorflow ? `TensorFlow ${tensorflow}, oneDNN ${oneDnn ? "on" : "off"}` : graph.computedBy;
console.log(JSON.stringify({ one, many, maps, probabilities, memory, version }));
