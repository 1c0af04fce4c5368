import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { drawPopulation } from "../../../lib/phantoms/population.ts";
import { filmRenderer } from "../../../lib/phantoms/render.ts";
import { promote } from "../../../lib/registry/channels.ts";
import { openStore, roomsOf } from "../../../lib/store/open.ts";
import { publishRandomModel } from "../../lib/inference/published-model.ts";
import { hilum } from "../hilum.ts";

const FILMS = 12;
/** Copies of them, so that there is time to end the process while it works. */
const COPIES = 15;

let folder: string;
let version: string;
const at = (...path: string[]) => join(folder, ...path);
const lines = (text: string): string[] => text.trimEnd().split("\n");

const predict = (args: readonly string[], ...rest: [onStart?: Parameters<typeof hilum>[1]]) =>
  hilum(["predict", ...args, "--store", at("store")], ...rest);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-predict-"));
  const store = openStore(roomsOf(at("store")).HILUM_MODELS);
  ({ version } = await publishRandomModel(store));
  await promote(store, version);
  const render = filmRenderer(3);
  const frontal = drawPopulation(3, FILMS).filter((film) => film.frontal);
  for (const name of ["a", "b", "many"]) await mkdir(at("films", name), { recursive: true });
  for (const [i, film] of frontal.slice(0, FILMS).entries()) {
    const { pixels, width, height } = render(film);
    const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    await writeFile(at("films", i % 2 === 0 ? "a" : "b", `film-${i - (i % 2)}.png`), png);
    for (let copy = 0; copy < COPIES; copy += 1) await writeFile(at("films", "many", `${copy}-${i}.png`), png);
  }
  await writeFile(at("films", "a", "broken.png"), "no picture at all");
  await writeFile(at("films", "a", "notes.txt"), "none either");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("what a call draws, no other call with a film of that name writes over", async () => {
  const drawn = async (film: string) => {
    const args = [at("films", film), "--explain", at("maps"), "--observation", "Edema", "--json"];
    return JSON.parse((await predict(args)).stdout).explanations[0].file as string;
  };
  const first = await drawn("a/film-0.png");
  const before = await readFile(first);
  expect(await drawn("b/film-0.png")).not.toBe(first);
  expect((await readFile(first)).equals(before)).toBe(true);
});

describe("folders of films", () => {
  test("as CSV: a line a film, the broken one with its reason; 64 and a count", async () => {
    const out = at("out.csv");
    const { exitCode, stdout, stderr } = await predict([at("films", "a"), at("films", "b"), "--out", out, "--json"]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("12 of 13 films answered, 1 failed (1 unsupported-media)");
    expect(JSON.parse(stdout)).toMatchObject({
      films: 13,
      before: 0,
      answered: 12,
      failed: 1,
      left: 0,
      model: version,
    });
    const rows = parse(await readFile(out), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(13);
    const [broken, ...answered] = rows;
    expect(broken).toMatchObject({ Path: at("films", "a", "broken.png"), Edema: "", Version: version });
    expect(broken?.Error).toMatch(/^unsupported-media: /);
    for (const row of answered) {
      for (const name of OBSERVATIONS) expect(Number(row[name])).toBeGreaterThan(0);
      expect(row.Error).toBe("");
    }

    const before = await readFile(out);
    const again = await predict([at("films", "a"), at("films", "b"), "--out", out]);
    expect(again.exitCode).toBe(64);
    expect(again.stderr).toContain("13 of 13 films stand in");
    expect((await readFile(out)).equals(before)).toBe(true);

    const labels = answered.map(({ Path }, i) => [Path, ...OBSERVATIONS.map((_, k) => (i + k) % 2)].join(","));
    await writeFile(at("labels.csv"), [["Path", ...OBSERVATIONS].join(","), ...labels, ""].join("\n"));
    await writeFile(
      at("answered.csv"),
      lines(String(before))
        .filter((line) => !line.includes("broken.png"))
        .join("\n"),
    );
    const figures = await hilum([
      "metrics",
      "--labels",
      at("labels.csv"),
      "--predictions",
      at("answered.csv"),
      "--json",
    ]);
    expect(JSON.parse(figures.stdout)).toMatchObject({ films: 12, joinedBy: "path" });
  });

  test("heat maps of films of the same name stand apart, and no map is taken for a film", async () => {
    const maps = at("films", "a", "maps");
    const args = [
      at("films", "a", "film-0.png"),
      at("films", "b"),
      "--explain",
      maps,
      "--observation",
      "Edema",
      "--json",
    ];
    const { exitCode, stdout } = await predict(args);
    expect(exitCode).toBe(0);
    const answers = lines(stdout).map((line) => JSON.parse(line));
    expect(answers).toHaveLength(7);
    const pictures = answers.map(({ explanations }) => explanations[0].file);
    expect(pictures.slice(0, 2)).toEqual([
      join(maps, "film-0.png.edema.png"),
      join(maps, "root", at("films", "b", "film-0.png.edema.png")),
    ]);
    const bytes = await Promise.all(pictures.map((picture) => readFile(picture)));
    expect(new Set(bytes.map((png) => createHash("sha256").update(png).digest("hex"))).size).toBe(7);
    expect(await sharp(bytes[0]).metadata()).toMatchObject({ format: "png", width: 320, height: 384 });

    const again = await predict([at("films", "a"), "--explain", maps, "--out", at("again.jsonl")]);
    expect(again.stderr).toContain("6 of 7 films answered");
    expect((await readdir(maps, { recursive: true })).filter((name) => name.includes(".hilum"))).toEqual([]);
  });
});

/** Ends the process once so many films stand in its file. */
const endAfter = (films: number, out: string, signal: NodeJS.Signals) => async (child: ChildProcess) => {
  while (lines(await readFile(out, "utf8").catch(() => "")).length < films) await sleep(5);
  child.kill(signal);
};

test.each([
  ["SIGKILL", "out.csv", "1", null],
  ["SIGTERM", "out.jsonl", "2", 75],
] as const)("after %s the same call goes on: no film twice, none lost", async (signal, name, workers, exitCode) => {
  const out = at(`stopped-${name}`);
  const args = [at("films", "many"), "--out", out, "--workers", workers];
  const stopped = await predict(args, (child) => void endAfter(20, out, signal)(child));
  expect(stopped.exitCode).toBe(exitCode);
  if (exitCode !== null) expect(stopped.stderr).toContain(`the same call goes on with ${out}`);
  const had = lines(await readFile(out, "utf8")).length;
  expect(had).toBeLessThan(FILMS * COPIES);

  const { exitCode: ended, stderr } = await predict(args);
  expect(ended).toBe(0);
  expect(stderr).toMatch(new RegExp(`\\d+ of ${FILMS * COPIES} films stand in`));
  const text = await readFile(out, "utf8");
  const films = name.endsWith(".csv")
    ? (parse(text, { columns: true }) as { Path: string }[]).map(({ Path }) => Path)
    : lines(text).map((line): string => JSON.parse(line).file);
  expect(films).toEqual((await readdir(at("films", "many"))).sort().map((film) => at("films", "many", film)));
});
