/**
 * Time and memory of a training step: `node --import tsx bench/training-step.ts [network] [size] [batch] [steps]`.
 * One JSON line. Processor seconds are given beside wall time, since they do not suffer from what else runs.
 */
import { parseArgs } from "node:util";
import { ModelConfig } from "../lib/contracts/run-config.ts";
import { random } from "../lib/domain/random.ts";
import { device } from "../lib/engine/tensorflow.ts";
import { createTrainingSession } from "../lib/model/training-session.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const [network = "densenet121", size = "224", count = "16", steps = "8"] = positionals;
const model = ModelConfig.parse({ network, channels: network === "densenet-mini" ? 1 : 3, headWidth: 128 });
const side = Number(size);
const films = Number(count);
const next = random(1, "bench");
const batch = {
  count: films,
  input: Uint8Array.from({ length: films * side * side }, () => next() * 256),
  targets: Float32Array.from({ length: films * 14 }, () => Number(next() < 0.3)),
};

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const session = await createTrainingSession({ model, size: side, adam, weightDecay: 0, movingAverage: 0, seed: 1 });
try {
  for (let i = 0; i < 2; i += 1) await session.step(batch, 1e-3);
  const wall: number[] = [];
  const processorBefore = process.cpuUsage();
  for (let i = 0; i < Number(steps); i += 1) {
    const start = performance.now();
    await session.step(batch, 1e-3);
    wall.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(processorBefore);
  const median = wall.sort((a, b) => a - b)[Math.floor(wall.length / 2)]!;
  const report = {
    network,
    size: side,
    batch: films,
    ...device(),
    millisecondsPerStep: Math.round(median),
    imagesPerSecond: Number(((films * 1000) / median).toFixed(2)),
    processorSecondsPerImage: Number(((user + system) / 1e6 / wall.length / films).toFixed(4)),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(report));
} finally {
  await session.dispose();
}
