/** Targets of a table with the study's counts, rows x 14 floats, into a file: `study-targets.ts FILE`. */
import { writeFile } from "node:fs/promises";
import { selectRows } from "../../lib/data/data-plan.ts";
import { readLabels } from "../../lib/data/manifest.ts";
import { POLICY_PRESETS } from "../../lib/domain/label-policy.ts";
import { studyTable } from "../../test/study-table.ts";
import { csvFile } from "./films.ts";

const labels = await readLabels(Object.entries(studyTable()).map(([name, text]) => csvFile(name, text)));
const { targets } = selectRows(labels, { views: ["frontal"], policy: POLICY_PRESETS["u-ones"] });
await writeFile(process.argv[2]!, new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength));
console.log(targets.length / 14);
