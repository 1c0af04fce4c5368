import { appendFile, cp, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runKeys } from "../../lib/contracts/layout.ts";
import { RunOutcome } from "../../lib/contracts/run.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { readDocument } from "../../lib/store/documents.ts";
import { openRooms, roomsOf, storeUri } from "../../lib/store/open.ts";
import { hilum } from "./hilum.ts";

/** The whole way in seconds: few small films, one epoch. */
const CONFIG = {
  name: "tiny",
  geometry: { size: 32 },
  policy: { uncertain: "ignore" },
  split: { train: 0.5, tuning: 0.15, calibration: 0.1, test: 0.25 },
  prepare: { rowsPerPart: 40 },
  model: { network: "densenet-mini", headWidth: 8 },
  training: { epochs: 1, batchSize: 8 },
  gate: { minMeanAuroc: 0 },
};

let folder: string;
let data: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-run-"));
  data = join(folder, "films");
  config = join(folder, "tiny.json");
  await writePhantoms({ folder: data, seed: 1, frontalFilms: 60 });
  await writeFile(config, JSON.stringify(CONFIG));
});

const run = (store: string, ...more: string[]) => [
  "run",
  "--data",
  data,
  "--config",
  config,
  "--store",
  store,
  ...more,
];

describe("run", () => {
  test("stopped by Ctrl-C it ends its children with 130; the same command goes on, and a third has nothing to do", async () => {
    const store = join(folder, "store");
    const stopped = await hilum(run(store), (child) => {
      let seen = "";
      child.stderr!.on("data", (text) => {
        const before = seen;
        seen += text;
        if (/^merge +done/m.test(seen) && !/^merge +done/m.test(before)) child.kill("SIGINT");
      });
    });
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toContain("hilum: stopped; the same command goes on from here");

    const ended = await hilum(run(store, "--json"));
    expect(ended.stderr).toMatch(/^prepare +done before/m);
    expect(ended.exitCode).toBe(0);
    const report = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1)!);
    expect(report).toMatchObject({ store, status: "promoted", rows: { setAside: {} } });
    const { read, used, leftOut } = report.rows;
    const left = Object.values<number>(leftOut).reduce((total, count) => total + count, 0);
    expect(left).toBeGreaterThan(0);
    expect(used + left).toBe(read);
    expect(Object.keys(report.evaluation.perObservation)).toEqual(OBSERVATIONS);
    expect(await readFile(report.report, "utf8")).toContain("</html>");

    const again = await hilum(run(store, "--json"));
    expect(again.stdout).toBe(ended.stdout);
    expect(again.stderr).toContain("has ended before");

    const film = join(data, "train/patient00001/study1/view1_frontal.jpg");
    const maps = join(folder, "maps");
    const predicted = await hilum(["predict", film, config, "--model", report.model, "--explain", maps, "--json"]);
    expect(predicted.exitCode).toBe(64);
    const [answer, refused] = predicted.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answer.findings.map(({ observation }: { observation: string }) => observation)).toEqual(OBSERVATIONS);
    expect(answer.explanations.length).toBeGreaterThan(0);
    for (const { file } of answer.explanations) expect((await readFile(file)).subarray(1, 4).toString()).toBe("PNG");
    expect(refused).toMatchObject({ file: config, error: { code: "unsupported-media" } });
  });

  test("wrong labels end it with 64, the file and the line", async () => {
    const wrong = join(folder, "wrong");
    await cp(data, wrong, { recursive: true });
    const rows = (await readFile(join(data, "train.csv"), "utf8")).trimEnd().split("\n").length;
    await appendFile(
      join(wrong, "train.csv"),
      "wrong/train/patient00001/study1/view1_frontal.jpg,Male,50,Frontal,PA,2\n",
    );
    const args = ["run", "--data", wrong, "--config", config, "--store", join(folder, "store-wrong")];
    const { exitCode, stdout, stderr } = await hilum(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^hilum: train.csv line ${rows + 1}: `, "m"));
    expect(stderr).not.toMatch(/^\s+at /m);
    const { runs } = openRooms(roomsOf(storeUri(join(folder, "store-wrong"))));
    const [run] = await readdir(join(folder, "store-wrong/runs"));
    const outcome = await readDocument(runs, runKeys(run!).outcome, RunOutcome);
    expect(outcome).toMatchObject({ status: "failed", failure: { step: "validate", exitCode: 64 } });
    expect(stderr).toContain(outcome.failure!.message);
  });

  test.each([
    ["a folder without a CSV file", ".", "no CSV file there"],
    ["a folder that is not there", "nowhere", "nowhere: no such folder"],
  ])("%s ends it with 64", async (_, name, message) => {
    const empty = await mkdtemp(join(folder, "empty-"));
    const args = ["run", "--data", join(empty, name), "--config", config, "--store", join(folder, "none")];
    const { exitCode, stderr } = await hilum(args);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(message);
  });
});
