import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Dataset, ShardRecord } from "../../../lib/contracts/dataset.ts";
import { datasetKeys, preparationName } from "../../../lib/contracts/layout.ts";
import { openTrainingData } from "../../../lib/data/training-data.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import type { Store } from "../../../lib/store/store.ts";
import { dataRun } from "./data-run.ts";
import { dataSet, film, filmFile } from "./source-folder.ts";

describe("preparation", () => {
  test("stopped half-way leaves no shard, and goes on when it is started again", async () => {
    const source = await dataSet(60);
    // Slow enough that the stop comes while films are being read.
    const replaceFilms = async (bytes: Uint8Array) => {
      for (const row of source.rows) await source.write(filmFile(row.split(",")[0]!), bytes);
    };
    await replaceFilms(await film(1, 1000, 1000));
    const run = await dataRun(source.uri);
    await run.call("validate");
    await run.call("plan");
    const stored = datasetKeys(run.request.fingerprint);
    const preparation = preparationName(run.request.config);
    const stopped = await run.start("prepare", {}, (line, child) => {
      if (line.includes('"event":"progress"')) child.kill("SIGTERM");
    });
    expect(stopped.exitCode, stopped.stderr).toBe(75);
    expect(await run.failure("prepare", 0)).toMatchObject({ code: "stopped", exitCode: 75 });
    expect(await run.objects("datasets")).not.toContain(stored.shard(preparation, 0));
    expect(await run.objects("datasets")).not.toContain(stored.shardRecord(preparation, 0));

    await replaceFilms(await film(1));
    await run.work("prepare");
    expect(await run.failure("prepare", 0)).toBeUndefined();
    const record = await readDocument(run.rooms.datasets, stored.shardRecord(preparation, 0), ShardRecord);
    expect(record).toMatchObject({ rows: 90, setAside: [] });
  });

  test("a shard that lost its end is told by merge", async () => {
    const source = await dataSet(12);
    const run = await dataRun(source.uri);
    await run.call("validate");
    await run.call("plan");
    await run.work("prepare");
    const key = datasetKeys(run.request.fingerprint).shard(preparationName(run.request.config), 0);
    const bytes = await run.rooms.datasets.get(key);
    await run.rooms.datasets.put(key, bytes.subarray(0, bytes.length - 100));
    await expect(run.call("merge")).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringContaining(`${key}: no whole shard`),
    });
  });
});

describe("shards of a store that is not this machine's", () => {
  test("are copied once, whole, and give the same films", async () => {
    const source = await dataSet(12);
    const run = await dataRun(source.uri, { prepare: { rowsPerPart: 10 } });
    await run.call("validate");
    await run.call("plan");
    for (const index of [0, 1]) await run.work("prepare", index);
    await run.call("merge");
    await run.work("upsampler");

    const remote = new MemoryStore("memory://remote");
    for (const key of await run.objects("datasets")) await remote.put(key, await run.rooms.datasets.get(key));
    let fetched = 0;
    const counting: Store = Object.assign(Object.create(remote), {
      stream: (key: string) => {
        fetched += 1;
        return remote.stream(key);
      },
    });
    const cache = await mkdtemp(join(tmpdir(), "hilum-cache-"));
    onTestFinished(() => rm(cache, { recursive: true, force: true }));
    const positions = Uint32Array.of(17, 3, 10, 9);
    const local = await openTrainingData(run.rooms, run.request.run);
    const expected = await local.batch(positions);
    await local.close();
    const rooms = { ...run.rooms, datasets: counting };
    for (let time = 0; time < 2; time += 1) {
      const training = await openTrainingData(rooms, run.request.run, cache);
      expect(await training.batch(positions)).toEqual(expected);
      await training.close();
    }
    expect(fetched).toBe(2);
    expect(await readdir(cache)).toHaveLength(2);

    // A copy that was cut short is made again.
    const { shards } = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    await writeFile(join(cache, `${shards[0]!.sha256}.arrow`), "half");
    await (await openTrainingData(rooms, run.request.run, cache)).close();
    expect(fetched).toBe(3);
    const [key] = [shards[0]!.key];
    await remote.put(
      key,
      (await remote.get(key)).map((byte, i) => (i === 5000 ? byte ^ 1 : byte)),
    );
    await rm(cache, { recursive: true });
    await expect(openTrainingData(rooms, run.request.run, cache)).rejects.toMatchObject({ code: "shard-copy" });
  });
});
