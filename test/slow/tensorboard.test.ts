import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventFile } from "../../lib/training/event-file.ts";
import { python } from "../python.ts";

const SCRIPT = `
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
found = [
    [value.tag, event.step, value.simple_value, event.wall_time]
    for event in tf.compat.v1.train.summary_iterator(json.load(sys.stdin))
    for value in event.summary.value
]
print(json.dumps(found))
`;

test("TensorFlow reads our event files, checksums and all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hilum-events-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const points = Array.from({ length: 300 }, (_, i) => ({ tag: `loss/${i % 3}`, step: i ** 3, value: i / 8 }));
  const file = join(folder, "events.out.tfevents.00001.v2");
  await writeFile(file, eventFile(points, new Date(1_700_000_000_250)));
  const found = await python<[string, number, number, number][]>(SCRIPT, file, "slow/requirements.txt");
  expect(found).toEqual(points.map(({ tag, step, value }) => [tag, step, value, 1_700_000_000.25]));
});
