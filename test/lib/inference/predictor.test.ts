import { readFileSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { VERSION_FILES } from "../../../lib/contracts/layout.ts";
import type { OutOfDistribution } from "../../../lib/contracts/model-version.ts";
import { calibrate } from "../../../lib/domain/calibration.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { contradictions, type Finding, findings } from "../../../lib/inference/findings.ts";
import {
  openPredictor,
  type Predictor,
  type PredictorOptions,
  type PredictResult,
} from "../../../lib/inference/predictor.ts";
import { featureChannels } from "../../../lib/model/networks.ts";
import { ownKernelsCompute } from "../../../lib/model/own-network.ts";
import { drawnPicture } from "../../../lib/phantoms/drawn-picture.ts";
import { encodeFeatureSpace } from "../../../lib/registry/feature-space-file.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { openStore, storeUri } from "../../../lib/store/open.ts";
import { dicomFile, type Picture } from "../imaging/dicom-file.ts";
import { AWKWARD, asSharp, drawnFilm, hasAwkward } from "../imaging/films.ts";
import { MODEL, publishRandomModel } from "./published-model.ts";

const CALIBRATION = { kind: "platt", slope: 0.8, intercept: -0.3 } as const;
const film = drawnFilm(512, 480);
const png = await asSharp(film).png().toBuffer();

let cache: string;
let predictor: Predictor;
const models = new MemoryStore("memory://predictor/models");

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "hilum-predictor-"));
  const { version } = await publishRandomModel(models, CALIBRATION);
  predictor = await openPredictor({ models, model: version, cache });
});

afterAll(async () => {
  await predictor?.close();
  await rm(cache, { recursive: true, force: true });
});

const probabilities = (result: PredictResult): number[] => {
  if ("error" in result) throw new Error(result.error.message);
  return [...result.prediction.probabilities];
};

const findingsOf = async (opened: Predictor): Promise<Finding[]> =>
  findings(await opened.answer(png), { thresholds: opened.version.thresholds, statuses: opened.statuses });

const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe("answers", () => {
  test("14 calibrated probabilities, the film's facts, and maps where asked for", async () => {
    const { film: facts, prediction, area, warnings, timings } = await predictor.answer(png, { maps: true });
    expect(facts).toEqual({ format: "png", width: 512, height: 480, bitDepth: 8, view: null });
    // The random model has nearly all of them above.
    expect(warnings.map(({ code }) => code)).toEqual(["contradictory-findings"]);
    expect(warnings).toEqual(contradictions(await findingsOf(predictor)));
    // 480 rows become 105 of 112, after 3 rows of padding: whole pixels, so not quite 16 rows of the film.
    // The film takes 105 of 112 rows from row 3 on, and the cells stand 1.5 pixels left and up of an even division.
    const pixel = 480 / 105;
    expect(area).toMatchObject({ width: 512, height: 512 });
    expect(area.x).toBeCloseTo(-1.5 * (512 / 112), 9);
    expect(area.y).toBeCloseTo(-4.5 * pixel, 9);
    expect(Object.keys(timings)).toEqual(["decode", "check", "resize", "predict"]);
    const { logits, probabilities: told, maps } = prediction;
    expect(
      furthest(
        [...told],
        Array.from(logits, (logit) => calibrate(CALIBRATION, logit)),
      ),
    ).toBeLessThan(1e-5);
    expect(maps!.values).toHaveLength(14 * maps!.rows * maps!.columns);
    expect(Math.min(...maps!.values)).toBeGreaterThanOrEqual(0);
    expect((await predictor.answer(png)).prediction.maps).toBeNull();
  });

  test("findings in the order of the observations, by the version's operating points", async () => {
    const told = await findingsOf(predictor);
    expect(told.map(({ observation }) => observation)).toEqual([...OBSERVATIONS]);
    expect(told.map(({ decision }) => decision === "above-threshold")).toEqual(
      told.map((f) => f.probability! >= f.threshold!),
    );
    expect(new Set(told.map(({ decision }) => decision))).toEqual(new Set(["above-threshold", "below-threshold"]));
    // It was never evaluated.
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(["not-claimed"]));
  });

  test("one film in many wrappings has one answer, and another film another", async () => {
    const deep = { ...film, maxValue: 4095, data: Uint16Array.from(film.data, (v) => Math.round((v * 4095) / 255)) };
    deep.data[0] = 4095;
    const stored: Picture = { ...deep, bitsAllocated: 16, bitsStored: 12, values: deep.data };
    const dark = dicomFile(
      { ...stored, values: deep.data.map((v) => 4095 - v) },
      { tags: { "00280004": ["CS", "MONOCHROME1"] } },
    );
    const wrapped = await predictor.predict([
      png,
      await asSharp(deep).png().toBuffer(),
      await asSharp(film).jpeg({ quality: 95, progressive: true }).toBuffer(),
      await asSharp(film).toColourspace("srgb").ensureAlpha(0.4).png().toBuffer(),
      await asSharp(film).tiff({ compression: "lzw" }).toBuffer(),
      dicomFile(stored),
      dark,
    ]);
    const [first, ...others] = wrapped.map(probabilities);
    for (const other of others) expect(furthest(first!, other)).toBeLessThan(0.01);
    const [another] = await predictor.predict([await asSharp(drawnFilm(300, 512)).png().toBuffer()]);
    expect(furthest(first!, probabilities(another!))).toBeGreaterThan(0.03);
  });

  test("each film of many for itself: one refused, the others answered, in order", async () => {
    const black = await asSharp({ ...film, data: new Uint8Array(film.data.length) })
      .png()
      .toBuffer();
    const results = await predictor.predict([png, Buffer.from("no film"), black, png.subarray(0, 4000), png]);
    const codes = results.map((result) => ("error" in result ? result.error.code : "answered"));
    expect(codes).toEqual(["answered", "unsupported-media", "no-signal", "film-truncated", "answered"]);
    expect(results[1]).toMatchObject({ error: { exitCode: 64 } });
    expect(furthest(probabilities(results[0]!), probabilities(results[4]!))).toBeLessThan(1e-5);
  });

  test("pictures of the film's own size", async () => {
    const overlay = await predictor.picture(png, { style: "overlay", observation: "Cardiomegaly" });
    const plain = await predictor.picture(png, { style: "film" });
    for (const { png: bytes } of [overlay, plain]) {
      const view = Buffer.from(bytes);
      expect([view.readUInt32BE(16), view.readUInt32BE(20)]).toEqual([512, 480]);
    }
    expect(overlay.box === null).toBe(overlay.warnings.some(({ code }) => code === "no-region"));
  });

  test("on request a map is left blank where the probability lies below the threshold, and only there", async () => {
    const told = await findingsOf(predictor);
    for (const isPositive of [false, true]) {
      const { observation } = told.find(({ decision }) => (decision === "above-threshold") === isPositive)!;
      const asked = { style: "map", observation } as const;
      const [plain, blanked] = [
        await predictor.picture(png, asked),
        await predictor.picture(png, { ...asked, blank: "below-threshold" }),
      ];
      const codes = blanked.warnings.map(({ code }) => code);
      expect(codes.includes("below-threshold")).toBe(!isPositive);
      if (isPositive) expect(blanked.png).toEqual(plain.png);
      else expect((await sharp(blanked.png).stats()).channels[3]!.max).toBe(0);
    }
  });

  test.skipIf(!hasAwkward)("awkward wrappings of one real film answer alike; a leg does not", async () => {
    const read = (name: string) => readFileSync(`${AWKWARD}/${name}`);
    const names = [
      "gray16_fullrange.png",
      "gray16_12bit_in_low_bits.png",
      "progressive.jpg",
      "exif_orientation_6.jpg",
      "cmyk.jpg",
    ];
    const results = await predictor.predict(["baseline_nih_1024_gray8.png", ...names, "leg_radiograph.png"].map(read));
    const [baseline, ...others] = results.map(probabilities);
    const leg = others.pop()!;
    for (const other of others) expect(furthest(baseline!, other)).toBeLessThan(0.01);
    expect(furthest(baseline!, leg)).toBeGreaterThan(0.03);
  });
});

describe("a film unlike those that were learned from", () => {
  const side = featureChannels(MODEL);
  const space = { mean: new Float64Array(side), whitening: new Float64Array(side ** 2).fill(1) };
  const file = { path: VERSION_FILES.featureSpace, bytes: encodeFeatureSpace(space) };
  const told = { threshold: 0.01, trainingFilms: 100, tuningFilms: 100 };
  const open = async (outOfDistribution: OutOfDistribution, options: Partial<PredictorOptions> = {}) => {
    const files = outOfDistribution === null ? [] : [file];
    const { version } = await publishRandomModel(models, CALIBRATION, files, { outOfDistribution });
    const opened = await openPredictor({ models, model: version, cache, ...options });
    onTestFinished(() => opened.close());
    return opened;
  };

  test("has probabilities, a warning and no decision; pictures carry the same", async () => {
    const strict = await open(told);
    const answer = await strict.answer(png);
    expect(answer.outOfDistribution).toBe(true);
    expect(answer.warnings).toMatchObject([{ code: "out-of-distribution" }]);
    for (const finding of await findingsOf(strict)) {
      expect(finding).toMatchObject({ decision: null, withheld: "out-of-distribution" });
      expect(finding.probability).toBeGreaterThanOrEqual(0);
    }
    const picture = await strict.picture(png, { style: "map", observation: "Edema" });
    expect(picture.outOfDistribution).toBe(true);
  });

  test("is refused where that is asked for; a film of the usual kind and plain pictures are not", async () => {
    const refuse = "out-of-distribution";
    const strict = await open(told, { refuse });
    await expect(strict.answer(png)).rejects.toMatchObject({ code: refuse, exitCode: 64 });
    await expect(strict.picture(png, { style: "map", observation: "Edema" })).rejects.toMatchObject({ code: refuse });
    expect((await strict.picture(png, { style: "film" })).png.length).toBeGreaterThan(0);
    const lenient = await open({ ...told, threshold: 1e9 }, { refuse });
    expect((await lenient.answer(png)).outOfDistribution).toBe(false);
  });

  test("is any film but a drawing to a model that learned from drawings alone", async () => {
    const source = { name: "phantoms", kind: "phantom" } as const;
    const drawn = await drawnPicture(film.data as Uint8Array, film.width, film.height)
      .png()
      .toBuffer();
    const asJpeg = await sharp(drawn).keepExif().jpeg().toBuffer();
    const provenances = [
      [[source], true],
      [[source, { name: "ours", kind: "own" } as const], null],
    ] as const;
    for (const [provenance, toldOfFilms] of provenances) {
      const change = { provenance: [...provenance] };
      const { version } = await publishRandomModel(models, CALIBRATION, [], change);
      const opened = await openPredictor({ models, model: version, cache });
      onTestFinished(() => opened.close());
      const told = await Promise.all([png, drawn, asJpeg].map((bytes) => opened.answer(bytes)));
      expect(told.map(({ outOfDistribution }) => outOfDistribution)).toEqual([toldOfFilms, null, null]);
      const said = told[0]!.warnings.map(({ code }) => code);
      expect(said).toEqual([toldOfFilms ? "out-of-distribution" : "contradictory-findings"]);
    }
  });

  test("can't be told by a version without the check, which can't be set to refuse any", async () => {
    expect((await predictor.answer(png)).outOfDistribution).toBeNull();
    await expect(open(null, { refuse: "out-of-distribution" })).rejects.toMatchObject({
      code: "no-distribution-check",
      exitCode: 64,
    });
  });
});

describe("the caller", () => {
  test("keeps its event loop while films are answered", async () => {
    const large = await asSharp(drawnFilm(2000, 2400)).png().toBuffer();
    const films = Array.from({ length: 6 }, () => large);
    const ended: string[] = [];
    const answered = predictor.predict(films, { explain: true }).then(() => ended.push("films"));
    // Far more turns than handing films over and answers back takes: a loop that computes would not come to them.
    for (let turn = 0; turn < 200; turn += 1) await nextTurn();
    ended.push("turns");
    await answered;
    expect(ended).toEqual(["turns", "films"]);
  });

  test("is told to come again when too many films wait", async () => {
    const small = await openPredictor({ models, model: predictor.version.version, cache, mostFilms: 2 });
    try {
      const crowd = await Promise.allSettled(Array.from({ length: 5 }, () => small.answer(png)));
      const refused = crowd
        .filter((one) => one.status === "rejected")
        .map(({ reason }) => [reason.code, reason.exitCode]);
      expect(refused).toEqual(Array(3).fill(["busy", 75]));
      expect(crowd.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    } finally {
      await small.close();
    }
    await expect(small.answer(png)).rejects.toMatchObject({ code: "predictor-closed" });
  });

  test("loses no film where the model's process ends: the next one answers", async () => {
    const { process: crashed } = await predictor.vitals();
    const working = Array.from({ length: 6 }, () => predictor.answer(png));
    process.kill(crashed, "SIGKILL");
    for (const answered of working) expect(probabilities(await answered)).toHaveLength(14);
    expect((await predictor.vitals()).process).not.toBe(crashed);
  });

  test.each([
    ["is killed", "SIGKILL", { code: "predictor-stopped", exitCode: 75 }],
    ["fails", "SIGSEGV", { code: "film-damaged", exitCode: 64 }],
  ] as const)(
    "whose film's reader %s is told; other films are answered meanwhile and afterwards",
    async (_, signal, told) => {
      const own = await openPredictor({ models, model: predictor.version.version, cache });
      onTestFinished(() => own.close());
      const { readers } = await own.vitals();
      expect(readers).toHaveLength(1);
      process.kill(readers[0]!, "SIGSTOP");
      const unlucky = own.answer(png);
      expect(probabilities(await own.answer(png))).toHaveLength(14);
      process.kill(readers[0]!, signal);
      process.kill(readers[0]!, "SIGCONT");
      await expect(unlucky).rejects.toMatchObject(told);
      expect(own.ready).toBe(true);
      expect(probabilities(await own.answer(png))).toHaveLength(14);
    },
  );

  test("is told that the model is away, or changed, and it is back by itself", async () => {
    const folder = join(cache, "store");
    const store = openStore(storeUri(folder));
    const { version } = await publishRandomModel(store, CALIBRATION);
    const own = await openPredictor({ models: store, model: version, cache });
    onTestFinished(() => own.close());
    const graph = join(folder, "versions", version, "saved_model", "saved_model.pb");
    const bytes = readFileSync(graph);
    const harms: readonly [does: () => Promise<void>, undo: () => Promise<void>][] = [
      [() => rename(folder, `${folder}.away`), () => rename(`${folder}.away`, folder)],
      [() => writeFile(graph, Buffer.concat([bytes, bytes])), () => writeFile(graph, bytes)],
    ];
    const before = probabilities(await own.answer(png));
    for (const [does, undo] of harms) {
      const { process: model } = await own.vitals();
      await does();
      process.kill(model, "SIGKILL");
      await expect.poll(() => own.ready).toBe(false);
      await expect(own.answer(png)).rejects.toMatchObject({ code: "not-ready", exitCode: 75 });
      await undo();
      // Nobody asks meanwhile.
      await expect.poll(() => own.ready).toBe(true);
      expect(probabilities(await own.answer(png))).toEqual(before);
    }
  });

  test("is told of a film that takes too long, and its process is ended", async () => {
    const hasty = await openPredictor({ models, model: predictor.version.version, cache, timeout: 0.001 });
    try {
      await expect(hasty.answer(png)).rejects.toMatchObject({ code: "predictor-timeout" });
    } finally {
      await hasty.close();
    }
  });

  test("is told where there is no such model, or its files were changed", async () => {
    await expect(openPredictor({ models, model: "production", cache })).rejects.toMatchObject({ code: "no-model" });
    const damaged = new MemoryStore("memory://predictor/damaged");
    const { version } = await publishRandomModel(damaged);
    await damaged.put(`versions/${version}/saved_model/saved_model.pb`, Buffer.from("not a graph"));
    const elsewhere = join(cache, "damaged");
    await expect(openPredictor({ models: damaged, model: version, cache: elsewhere })).rejects.toMatchObject({
      code: "version-damaged",
    });
  });
});

test("200 predictions leave no tensor behind, and little memory", async () => {
  const ask = () =>
    predictor.predict(
      Array.from({ length: 50 }, () => png),
      { explain: true },
    );
  const rounds = async () => {
    for (let round = 0; round < 4; round += 1) await ask();
  };
  await rounds();
  const most = (200 * film.width * film.height) / 2;
  const grown: number[] = [];
  // Allocators' pools and V8's heaps, of more processes on a busy machine, grow to their working size and then breathe by
  // some megabytes; what kept half a film of each prediction would grow with every try.
  for (let before = await predictor.vitals(); grown.length < 3 && !(grown.at(-1)! < most); ) {
    await rounds();
    const after = await predictor.vitals();
    expect(after.tensors).toBe(before.tensors);
    grown.push(after.residentBytes - before.residentBytes);
    before = after;
  }
  expect(grown.at(-1)).toBeLessThan(most);
});

test.skipIf(!ownKernelsCompute())("TensorFlow is not loaded where our own kernels compute", async () => {
  const { process: id, residentBytes } = await predictor.vitals();
  expect(readFileSync(`/proc/${id}/maps`, "utf8")).not.toMatch(/libtensorflow|tfjs_binding/);
  expect(residentBytes).toBeLessThan(400e6);
});

test("a film cut short, changed or strange never ends the process", async () => {
  const { process: id } = await predictor.vitals();
  const strange = Array.from({ length: 40 }, (_, i) => {
    const file = Buffer.from(
      i % 2 === 0 ? png : dicomFile({ ...film, bitsAllocated: 8, bitsStored: 8, values: film.data }),
    );
    for (let k = 0; k < 5; k += 1)
      file[(i * 7919 + k * 104_729) % Math.min(file.length, 900)] = (i * 31 + k * 57) % 256;
    return file;
  });
  const results = await predictor.predict(strange);
  for (const result of results) if ("error" in result) expect(result.error.exitCode).toBe(64);
  expect((await predictor.vitals()).process).toBe(id);
});

describe("a caller that goes", () => {
  test("has no film read that still waits for a reader, and takes nobody's place", async () => {
    const own = await openPredictor({ models, model: predictor.version.version, cache, mostFilms: 8 });
    onTestFinished(() => own.close());
    const stopping = new AbortController();
    const { signal } = stopping;
    const gone = new Error("the caller has gone");
    const { readers } = await own.vitals();
    process.kill(readers[0]!, "SIGSTOP");
    const films = Array.from({ length: 8 }, () => own.answer(png, { signal }));
    const settled = Promise.allSettled(films);
    await expect(own.answer(png)).rejects.toMatchObject({ code: "busy" });
    stopping.abort(gone);
    process.kill(readers[0]!, "SIGCONT");
    expect(await settled).toEqual(films.map(() => ({ status: "rejected", reason: gone })));
    await expect(own.answer(png, { signal })).rejects.toBe(gone);
    await expect(own.picture(png, { style: "film", signal })).rejects.toBe(gone);
    expect(probabilities(await own.answer(png))).toHaveLength(14);
  });
});
