import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { hilum } from "../bin/hilum.ts";

const CONFIG = {
  name: "tiny",
  geometry: { size: 32 },
  split: { train: 0.5, tuning: 0.15, calibration: 0.1, test: 0.25 },
  model: { network: "densenet-mini", headWidth: 8 },
  training: { epochs: 1, batchSize: 8 },
  gate: { minMeanAuroc: 0 },
};

describe("hilum runs", () => {
  let folder: string;
  let store: string;
  let name: string;

  const runs = (...args: string[]) => hilum(["runs", ...args, "--store", store]);
  async function json<T>(...args: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await runs(...args, "--json");
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  }
  const record = async (step: string) => readFile(join(store, "runs", name, "steps", `${step}.json`), "utf8");

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-runs-"));
    store = join(folder, "store");
    await writePhantoms({ folder: join(folder, "films"), seed: 1, frontalFilms: 60 });
    await writeFile(join(folder, "tiny.json"), JSON.stringify(CONFIG));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("one runner at a time; a killed run goes on where it was, and nothing finished is done again", async () => {
    const args = ["run", "--data", join(folder, "films"), "--config", join(folder, "tiny.json"), "--store", store];
    let second: ReturnType<typeof hilum>[] | undefined;
    const killed = await hilum(args, (child) => {
      let seen = "";
      child.stderr!.on("data", (text) => {
        seen += text;
        if (second !== undefined || !/^merge +done/m.test(seen)) return;
        name = /^Run (\S+) in/m.exec(seen)![1]!;
        // Stopped, it is alive and does not get to its end before the others have asked.
        child.kill("SIGSTOP");
        second = [runs("resume", name), runs("remove", name, "--yes"), runs("list", "--json")];
        void Promise.all(second).then(() => child.kill("SIGKILL"));
      });
    });
    expect(killed.exitCode).toBeNull();
    const [resumed, removed, listed] = await Promise.all(second!);
    expect(resumed!.exitCode).toBe(75);
    expect(resumed!.stderr).toContain("is at it");
    expect(removed!.exitCode).toBe(75);
    expect(JSON.parse(listed!.stdout).runs).toMatchObject([{ run: name, status: "running" }]);

    expect(await json("list")).toMatchObject({ runs: [{ run: name, status: "stopped" }], unreadable: [] });
    const before = await record("merge");
    const report = await json<{ status: string; evaluation: { meanAuroc: number } }>("resume", name);
    expect(report.status).toBe("promoted");
    expect(await record("merge")).toBe(before);

    const shown = await runs("show", name);
    expect(shown.stdout).toMatch(/^train +done/m);
    expect(shown.stdout).toContain(report.evaluation.meanAuroc.toFixed(3));
    const view = await json<{ histories: { epochs: unknown[] }[] }>("show", name);
    expect(view.histories[0]!.epochs).toHaveLength(1);
  });

  test("a copied run is compared with another, and removed while its model stays", async () => {
    const copy = "copied-00000000";
    const [from, to] = [name, copy].map((run) => join(store, "runs", run));
    await cp(from!, to!, { recursive: true });
    const request = JSON.parse(await readFile(join(to!, "request.json"), "utf8"));
    request.run = copy;
    request.config.training.learningRate = 0.5;
    await writeFile(join(to!, "request.json"), JSON.stringify(request));

    const { config, sameData } = await json<{ config: unknown; sameData: boolean }>("compare", name, copy);
    expect(config).toEqual([{ setting: "training.learningRate", values: [0.0001, 0.5] }]);
    expect(sameData).toBe(true);
    expect((await runs("compare", name, copy)).stdout).toMatch(/^training\.learningRate +0\.0001 +0\.5$/m);
    expect((await runs("compare", name)).exitCode).toBe(64);

    // A room by itself, as it is copied from elsewhere.
    const alone = await hilum(["runs", "list", "--runs", join(store, "runs"), "--json"]);
    expect(JSON.parse(alone.stdout)).toMatchObject({ runs: [{}, {}], unreadable: [] });
    expect((await runs("export", copy)).stdout).toContain(join(copy, "run.html"));
    expect(await readFile(join(to!, "run.html"), "utf8")).toContain(`"run":"${copy}"`);
    const out = join(folder, "kept/page.html");
    expect((await runs("export", name, "--out", out)).exitCode).toBe(0);
    expect(await readFile(out, "utf8")).toContain(`"run":"${name}"`);

    const unconfirmed = await runs("remove", copy);
    expect(unconfirmed.exitCode).toBe(64);
    expect(unconfirmed.stderr).toContain("--yes");
    expect((await json<{ runs: unknown[] }>("list")).runs).toHaveLength(2);
    const models = await readdir(join(store, "models", "versions"));
    const removed = await runs("remove", copy, "--yes");
    expect(removed.stdout).toContain(`What stays: model version ${models[0]}`);
    expect(await readdir(join(store, "runs"))).toEqual([name]);
    expect(await readdir(join(store, "models", "versions"))).toEqual(models);
    expect((await runs("show", copy)).exitCode).toBe(64);
  });
});
