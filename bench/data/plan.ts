/** The study's up-sampling plan in a process of its own: `plan.ts SEED`. Prints its seconds and peak megabytes. */
import { selectRows } from "../../lib/data/data-plan.ts";
import { readLabels } from "../../lib/data/manifest.ts";
import { POLICY_PRESETS } from "../../lib/domain/label-policy.ts";
import { rowsOfParts } from "../../lib/domain/split.ts";
import { upsample } from "../../lib/domain/upsampling.ts";
import { studyTable } from "../../test/study-table.ts";
import { csvFile } from "./films.ts";

const labels = await readLabels(Object.entries(studyTable()).map(([name, text]) => csvFile(name, text)));
const { targets } = selectRows(labels, { views: ["frontal"], policy: POLICY_PRESETS["u-ones"] });
const { train } = rowsOfParts(new Array<"train">(targets.length / 14).fill("train"));
const started = performance.now();
const { positions } = upsample(train, targets, { kind: "published" }, Number(process.argv[2]));
const seconds = (performance.now() - started) / 1000;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ rows: train.length, planned: positions.length, seconds, peakMegabytes }));
