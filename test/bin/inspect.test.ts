import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Inspection } from "../../lib/contracts/inspection.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { studyTable } from "../study-table.ts";
import { hilum } from "./hilum.ts";

describe("inspect", () => {
  let folder: string;
  let files: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-inspect-"));
    files = [];
    for (const [name, text] of Object.entries(studyTable())) {
      await writeFile(join(folder, name), text);
      files.push("--csv", join(folder, name));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("a data set of full size: JSON with the study's counts, and a page", async () => {
    const html = join(folder, "page.html");
    const protocol = ["--protocol", "published", "--upsample", "published"];
    const ended = await hilum(["inspect", ...files, ...protocol, "--html", html, "--json"]);
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    const { split, upsampling } = Inspection.parse(JSON.parse(ended.stdout));
    expect([split.train.rows, split.tuning.rows, split.test.rows]).toEqual([152_984, 19_124, 19_123]);
    expect(upsampling.rowsAfter).toBe(497_398);
    expect(await readFile(html, "utf8")).toContain("Labels of train.csv and valid.csv");
  });

  test("a table for people, and factors of one's own", async () => {
    const factors = join(folder, "factors.json");
    await writeFile(factors, JSON.stringify({ Fracture: 2 }));
    const valid = files.slice(2);
    const { exitCode, stdout } = await hilum(["inspect", ...valid, "--policy", "u-best-binary", "--upsample", factors]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Patients +200$/m);
    expect(stdout).toMatch(/^Policy +u-best-binary$/m);
    expect(stdout).toMatch(/^Leakage +0 of /m);
    expect(stdout).toMatch(/^Fracture .* 2 {2}.*%/m);
  });

  test("of a folder says what its files were taken for, and how many films are there", async () => {
    const own = join(folder, "own");
    await mkdir(join(own, "images"), { recursive: true });
    const rows = Array.from({ length: 30 }, (_, i) => `${i}.png,${i >> 1},"${i % 2 ? "Effusion, Mass" : "normal"}"`);
    await writeFile(join(own, "ward.csv"), ["file,patient id,findings", ...rows].join("\n"));
    await writeFile(join(own, "beds.csv"), "bed,ward\n");
    for (let i = 0; i < 29; i += 1) await writeFile(join(own, "images", `${i}.PNG`), "");
    const told = await hilum(["inspect", own]);
    expect(told.stdout).toMatch(
      /^Read +ward\.csv: a plain table, of path from "file", patient from "patient id" and labels from "findings"$/m,
    );
    expect(told.stdout).toMatch(/^Films +29 of 30 are there$/m);
    expect(told.stdout).toMatch(/^Passed over +beds\.csv$/m);
    const { stdout } = await hilum(["inspect", own, "--json"]);
    const { observations, folder: understood } = Inspection.parse(JSON.parse(stdout));
    expect(understood).toMatchObject({ films: { there: 29, missing: 1 }, ownPatients: 0, passedOver: ["beds.csv"] });
    expect(observations["Pleural Effusion"]!.labels).toMatchObject({ positive: 15, negative: 15, notLabelled: 0 });
    for (const args of [[], [own, ...files]]) {
      expect(await hilum(["inspect", ...args])).toMatchObject({
        exitCode: 64,
        stderr: expect.stringContaining("expected either a folder or --csv FILE"),
      });
    }
  });

  test("who taught what, where readers sent films: a table, keys of JSON and a part of the page", async () => {
    const columns = (await readFile(files[1]!, "utf8")).split("\n", 1)[0];
    const readers = join(folder, "readers.csv");
    const rows = Array.from({ length: 30 }, (_, n) => {
      const labels = OBSERVATIONS.map((name) => (name === "Edema" ? n % 2 : "NA"));
      return [`feedback/patientp-${n}/study-${n}/view1_frontal.png`, "", "", "Frontal", "", ...labels, "0a1b2c3d"].join(
        ",",
      );
    });
    await writeFile(readers, `${[`${columns},Reader`, ...rows].join("\n")}\n`);
    const page = join(folder, "readers.html");
    const call = ["inspect", ...files.slice(2), "--csv", readers, "--policy", "u-ignore"];
    const { stdout } = await hilum([...call, "--html", page]);
    const told = Inspection.parse(JSON.parse((await hilum([...call, "--json"])).stdout));
    const [{ rows: used, leftOut } = { rows: 0, leftOut: 0 }] = told.readers!.readers;
    expect(used + leftOut).toBe(30);
    expect(leftOut).toBeGreaterThan(0);
    expect(told.rows.leftOut).toMatchObject({ "beyond one reader's share (data.readerShare)": leftOut });
    const { labels, positives } = told.observations.Edema!;
    expect(positives).toBe(labels.positive);
    expect(stdout).toMatch(new RegExp(`^0a1b2c3d +${used} +\\d+ +${leftOut} +Edema \\d+$`, "m"));
    expect(await readFile(page, "utf8")).toContain("0a1b2c3d");
  });

  test("a configuration's own split, policy and up-sampling; what is typed goes before it", async () => {
    const config = join(folder, "own.json");
    const settings = {
      policy: "u-zeros",
      split: "as-given",
      seed: 5,
      upsampling: { kind: "table", factors: { Edema: 3 } },
    };
    await writeFile(config, JSON.stringify({ name: "own", model: { network: "densenet-mini" }, ...settings }));
    const of = async (...more: string[]) =>
      Inspection.parse(JSON.parse((await hilum(["inspect", ...files, "--config", config, "--json", ...more])).stdout));
    const told = await of();
    expect(told).toMatchObject({ division: "as-given", policy: { name: "u-zeros" }, protocol: "leak-free" });
    expect(told.split.test.rows).toBe(202);
    expect(told.observations.Edema).toMatchObject({ factor: 3 });
    expect(await of("--policy", "u-ignore")).toMatchObject({ division: "as-given", policy: { name: "u-ignore" } });
  });

  test("the published protocol says why its parts are two rows more", async () => {
    const { stdout } = await hilum(["inspect", ...files.slice(2), "--protocol", "published"]);
    expect(stdout).toContain("add up to two rows more than there are");
    expect(stdout).toContain("share before  share after");
  });

  test("NIH's films: what nobody looked for is not labelled and no negative, nor is what a file names", async () => {
    const header = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,a,b,c,d";
    const nih = join(folder, "Data_Entry_2017.csv");
    const films = Array.from({ length: 30 }, (_, i) => `${i}_000.png,No Finding,0,${i},58,M,PA,1,1,1,1`);
    await writeFile(nih, [header, ...films].join("\n"));
    const named = join(folder, "named.json");
    await writeFile(named, JSON.stringify({ "NIH-ChestX-ray14": ["Pneumonia"] }));
    const html = join(folder, "nih.html");
    const { exitCode, stdout } = await hilum(["inspect", "--csv", nih, "--not-labelled", named, "--html", html]);
    expect(exitCode).toBe(0);
    for (const name of ["Support Devices", "Pneumonia"]) {
      const cells = new RegExp(`^${name} +0 +0 +0 +0 +30 +0 +30 +0 +not defined +not defined$`, "m");
      expect(stdout).toMatch(cells);
    }
    expect(stdout).toMatch(/^source +NIH-ChestX-ray14 30$/m);
    const page = await readFile(html, "utf8");
    expect(page).toMatch(/Support Devices<\/th>(<td[^>]*>0<\/td>){4}<td[^>]*>30<\/td>/);
  });

  test.each([
    [["--csv", "presets"], "presets: a folder, expected a CSV file"],
    [["--csv", "nowhere/train.csv"], "nowhere/train.csv: no such file"],
    [["--config", "no-such"], "config no-such: can't be read"],
    [["--policy", "chexpert-best"], "chexpert-best is called u-best-binary now"],
    [["--not-labelled", "none.json"], "none.json: can't be read; expected a JSON file"],
    [["--policy", "u-twos"], "u-twos: can't be read; expected one of the policies u-ones"],
    [["--protocol", "fair"], "Allowed choices are leak-free, published"],
    [["--upsample", "much"], "much: can't be read; expected published, none or a JSON file"],
    [["--policy", "package.json"], "package.json: policy."],
    [["--html", "no-such-folder/page.html"], "no-such-folder/page.html: cannot be written (ENOENT"],
  ])("%j is refused with 64", async (args, message) => {
    const { exitCode, stdout, stderr } = await hilum(["inspect", ...files.slice(2), ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
    expect(stderr).toContain(message);
  });
});
