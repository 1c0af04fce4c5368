/** An up-sampling plan in a process of its own, as the up-sampler's job is: `plan.ts TARGETS RULE SEED`. */
import { readFile } from "node:fs/promises";
import { Upsampling } from "../../lib/contracts/run-config.ts";
import { OBSERVATION_COUNT } from "../../lib/domain/observations.ts";
import { rowsOfParts } from "../../lib/domain/split.ts";
import { upsample } from "../../lib/domain/upsampling.ts";
import { peakMegabytes } from "./peak-memory.ts";

const [file = "", rule = "", seed = ""] = process.argv.slice(2);
const targets = new Float32Array((await readFile(file)).buffer);
const { train } = rowsOfParts(new Array<"train">(targets.length / OBSERVATION_COUNT).fill("train"));
const started = performance.now();
const { positions } = upsample(train, targets, Upsampling.parse(JSON.parse(rule)), Number(seed));
const seconds = (performance.now() - started) / 1000;
const answer = { rows: train.length, planned: positions.length, seconds, peakMegabytes: peakMegabytes() };
console.log(JSON.stringify(answer));
