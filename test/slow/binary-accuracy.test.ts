import { expect, it } from "vitest";
import { binaryAccuracy } from "../../lib/domain/metrics/binary-accuracy.ts";
import { random } from "../../lib/domain/random.ts";
import { python } from "../python.ts";

const SCRIPT = `
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
def one(table):
    metric = keras.metrics.BinaryAccuracy(dtype="float64")
    metric.update_state(np.array(table["labels"]), np.array(table["probabilities"], dtype=np.float64))
    return float(metric.result())
json.dump([one(t) for t in json.load(sys.stdin)], sys.stdout)
`;

it("binary accuracy is Keras's, at one half too", async () => {
  const tables = Array.from({ length: 100 }, (_, seed) => {
    const next = random(seed, "keras");
    const labels = Array.from({ length: 1 + Math.floor(next() * 400) }, () => Number(next() < 0.3));
    // Tenths, so that exactly 0.5 occurs.
    return { labels, probabilities: labels.map(() => Math.floor(next() * 11) / 10) };
  });
  const theirs = await python<number[]>(SCRIPT, tables, "slow/requirements.txt");
  for (const [i, { labels, probabilities }] of tables.entries()) {
    expect(binaryAccuracy(probabilities, labels)).toBeCloseTo(theirs[i]!, 6);
  }
});
