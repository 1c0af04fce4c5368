/** Targets in which hardly two rows are the same, rows x 14 floats, into a file: `every-kind-targets.ts FILE ROWS`. */
import { writeFile } from "node:fs/promises";
import { OBSERVATION_COUNT } from "../../lib/domain/observations.ts";
import { random } from "../../lib/domain/random.ts";

const [file = "", rows = ""] = process.argv.slice(2);
const next = random(4, "every kind");
const targets = Float32Array.from({ length: Number(rows) * OBSERVATION_COUNT }, () => {
  const draw = next();
  return draw < 0.05 ? 1 : draw > 0.9 ? Number.NaN : 0;
});
await writeFile(file, new Uint8Array(targets.buffer));
console.log(rows);
