import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { KnownPixels } from "../../../lib/data/known-pixels.ts";
import { readLabels } from "../../../lib/data/manifest.ts";
import { readShard } from "../../../lib/data/prepared-shard.ts";
import { AWKWARD, AWKWARD_REFUSALS, hasAwkward, hasOddFilms, ODD_FILMS } from "../imaging/films.ts";
import { dataRun } from "./data-run.ts";
import { csvRow, HEADER, sourceFolder } from "./source-folder.ts";

const SIZE = 64;

/** What preparation made of a file: the square that is learned from and what is warned of, or why it is set aside. */
type Prepared = { readonly square: Uint8Array; readonly warnings: string } | { readonly setAside: string };

/** Files as the films of one data set, through the steps of a run. @returns by path */
async function prepare(paths: readonly string[]): Promise<ReadonlyMap<string, Prepared>> {
  const films = paths.map((path, i) => `patient${String(i + 1).padStart(5, "0")}/study1/${basename(path)}`);
  const source = await sourceFolder({ "train.csv": [HEADER, ...films.map((film) => csvRow(film))].join("\n") });
  for (const [i, path] of paths.entries()) await source.write(films[i]!, readFileSync(path));
  const run = await dataRun(source.uri, { geometry: { size: SIZE, fit: "pad", resize: "antialias" } });
  await run.call("validate");
  await run.work("prepare");
  const shard = await readShard(run.rooms.datasets, run.request, 0);
  const pixels = await KnownPixels.find(run.rooms.datasets, run.request.config.geometry);
  const found = new Map<string, Prepared>();
  for (const [position, row] of shard.films.row.entries()) {
    const square = new Uint8Array(SIZE ** 2);
    await pixels.read([{ sha256: shard.films.filmSha256[position]!, into: square }]);
    found.set(paths[row]!, { square, warnings: shard.films.warnings[position]! });
  }
  for (const { row, code } of shard.record.setAside) found.set(paths[row]!, { setAside: code });
  return found;
}

/** Of grey values up to 255, on average: what a lossy copy of the same film differs by. */
const SAME = 0.1;
/** Of 12 bits that became 8. */
const ROUNDED = 0.7;

/** `same` as the plain film or `another`, with what is warned of; or the code of a refusal. */
function told(prepared: Prepared, plain: Prepared, most = SAME): string {
  if ("setAside" in prepared) return prepared.setAside;
  if ("setAside" in plain) throw new Error("the plain film was set aside");
  const difference = prepared.square.reduce((sum, value, i) => sum + Math.abs(value - plain.square[i]!), 0);
  const what = difference / prepared.square.length < most ? "same" : "another";
  return prepared.warnings === "" ? what : `${what}, warned of ${prepared.warnings}`;
}

describe.skipIf(!hasOddFilms)("files that other readers stumbled over (../shared), as training gets them", () => {
  /** Of all that are not simply the film beside them; what each may be is written in their folder. */
  const OUTCOMES: Readonly<Record<string, string>> = {
    "w128_256_on_12bit.dcm": "same, warned of window-left-out",
    "mirrored_R_F.dcm": "same, warned of orientation-undone",
    "patient_orientation_A_F.dcm": "same, warned of lateral-view",
    "view_code_399198007_SCT.dcm": "same, warned of lateral-view",
    "for_processing.dcm": "same, warned of for-processing",
    "jpegxl_110.dcm": "dicom-transfer-syntax",
  };
  const isSaid = (outcome: string, expected: string): boolean =>
    outcome.startsWith("same") ? /twin\.png|warning/.test(expected) : /refusal/.test(expected);

  test("films are the plain film beside them, or left out or warned of as is written there", async () => {
    const paths = readdirSync(ODD_FILMS)
      .filter((folder) => existsSync(`${ODD_FILMS}/${folder}/twin.png`))
      .flatMap((folder) => readdirSync(`${ODD_FILMS}/${folder}`).map((name) => `${ODD_FILMS}/${folder}/${name}`))
      .filter((path) => !path.endsWith(".txt"));
    const prepared = await prepare(paths);
    expect(prepared.size).toBe(paths.length);
    for (const path of paths) {
      const outcome = told(prepared.get(path)!, prepared.get(`${dirname(path)}/twin.png`)!);
      expect.soft(outcome, path).toBe(OUTCOMES[basename(path)] ?? "same");
      const expected = readFileSync(`${dirname(path)}/expected.txt`, "utf8");
      expect.soft(isSaid(outcome, expected), `${path}: ${outcome}, expected ${expected}`).toBe(true);
    }
  });

  test.each([
    "20-nih-data-entry-editions/v2020_Patient_Sex.csv",
    "21-chexpert-csv-kinds/airspace_opacity.csv",
    "21-chexpert-csv-kinds/labels_nan.csv",
    "21-chexpert-csv-kinds/sex_M_F.csv",
  ])("%s: a row of each of 12 patients, half of them women", async (file) => {
    async function* stream() {
      yield readFileSync(`${ODD_FILMS}/${file}`);
    }
    const { patient, sex } = await readLabels([{ name: basename(file), folder: "", stream }]);
    expect([patient.length, new Set(patient).size]).toEqual([12, 12]);
    expect(sex.filter((one) => one === "Female")).toHaveLength(6);
  });
});

describe.skipIf(!hasAwkward)("awkward files (../shared), as training gets them", () => {
  const OUTCOMES: Readonly<Record<string, string>> = {
    ...AWKWARD_REFUSALS,
    "leg_radiograph.png": "another, warned of not-a-chest-film",
  };
  /** Other patients' films. */
  const OTHERS = /^chest_|^real_/;

  test("come out as their list says", async () => {
    const rows: { file: string; expected: string }[] = parse(readFileSync(`${AWKWARD}/expected.csv`), {
      columns: true,
    });
    const prepared = await prepare(rows.map(({ file }) => `${AWKWARD}/${file}`));
    const plain = prepared.get(`${AWKWARD}/baseline_nih_1024_gray8.png`)!;
    for (const { file, expected } of rows) {
      const outcome = told(prepared.get(`${AWKWARD}/${file}`)!, plain, ROUNDED);
      expect.soft(outcome, `${file}: ${expected}`).toBe(OUTCOMES[file] ?? (OTHERS.test(file) ? "another" : "same"));
      expect.soft(expected.startsWith("200"), file).toBe(["same", "another"].includes(outcome));
    }
  });
});
