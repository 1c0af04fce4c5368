import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { VERSION_FILES } from "../../../lib/contracts/layout.ts";
import { openStrangeness } from "../../../lib/inference/strangeness.ts";
import { encodeFeatureSpace } from "../../../lib/registry/feature-space-file.ts";

const SIDE = 6;
const VERSION = { outOfDistribution: { threshold: 5, trainingFilms: 100, tuningFilms: 100 } };
const FEATURES = Float32Array.of(3, 0, 0, 4, 0, 0);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-strangeness-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Distance is the length of the normalised features, which is 1, times `scale`. */
const write = (scale: number) => {
  const whitening = Float64Array.from({ length: SIDE ** 2 }, (_, i) => (i % (SIDE + 1) === 0 ? scale : 0));
  const bytes = encodeFeatureSpace({ mean: new Float64Array(SIDE), whitening });
  return writeFile(join(folder, VERSION_FILES.featureSpace), bytes);
};

test("films beyond the version's threshold are told of, others not", async () => {
  await write(4.9);
  expect((await openStrangeness(folder, VERSION, SIDE))(FEATURES)).toEqual({
    outOfDistribution: false,
    warnings: [],
  });
  await write(5.1);
  const told = (await openStrangeness(folder, VERSION, SIDE))(FEATURES);
  expect(told.outOfDistribution).toBe(true);
  const [warning] = told.warnings;
  expect(warning?.code).toBe("out-of-distribution");
  expect(warning?.message).toContain("distance 5.1, almost all of theirs up to 5.0");
});

test("a version that never had this measured can't tell, and says so", async () => {
  const tell = await openStrangeness("/nowhere", { outOfDistribution: null }, SIDE);
  expect(tell(FEATURES)).toEqual({ outOfDistribution: null, warnings: [] });
});

test.each([
  ["a missing file", async () => rm(join(folder, VERSION_FILES.featureSpace), { force: true }), SIDE, "feature-space"],
  ["another network's", () => write(1), SIDE + 1, "feature-space"],
  [
    "bytes of another kind",
    () => writeFile(join(folder, VERSION_FILES.featureSpace), "no numbers"),
    SIDE,
    "safetensors",
  ],
])("%s is refused before anything is served", async (_, make, channels, code) => {
  await make();
  await expect(openStrangeness(folder, VERSION, channels)).rejects.toMatchObject({ code, exitCode: 64 });
});
