import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TestSet } from "../../lib/contracts/test-set.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { parseCsv } from "../csv.ts";
import { must } from "../drill.ts";
import { hilum } from "../processes.ts";
import { newFolder } from "../workshop.ts";

/** A film of the pinned test set, with its labels: 1, 0, or NaN where it says neither. */
interface PinnedFilm {
  readonly file: string;
  readonly labels: readonly number[];
}

/** Films of the patients that a run's copy of the test set names, by the CSV files themselves. */
export async function pinnedFilms(folder: string, name: string, testSet: string): Promise<PinnedFilm[]> {
  const { patients } = TestSet.parse(JSON.parse(await readFile(testSet, "utf8")));
  const pinned = new Set(patients.map((patient) => patient.split("\n").at(-1)!));
  const films: PinnedFilm[] = [];
  for (const part of ["train", "valid"]) {
    const [, ...rows] = parseCsv(await readFile(join(folder, name, `${part}.csv`), "utf8"));
    for (const [path = "", , , view, , ...labels] of rows) {
      const patient = path.split("/").find((segment) => segment.startsWith("patient"));
      if (view !== "Frontal" || patient === undefined || !pinned.has(patient)) continue;
      films.push({
        file: join(folder, path),
        labels: labels.map((label) => (label === "" || Number(label) === 0 ? 0 : Number(label) === 1 ? 1 : Number.NaN)),
      });
    }
  }
  return films;
}

/** Pairs of a positive and a negative film that are in order, as a share; NaN without such pairs. */
function auroc(scores: readonly number[], labels: readonly number[]): number {
  const of = (label: number) => scores.filter((_, film) => labels[film] === label);
  const [positives, negatives] = [of(1), of(0)];
  let inOrder = 0;
  for (const high of positives) for (const low of negatives) inOrder += high > low ? 1 : high === low ? 0.5 : 0;
  return inOrder / (positives.length * negatives.length);
}

/**
 * Mean AUROC of a version on films, over the observations with ten of each: by `hilum predict` and a definition of its own,
 * so that nothing of what decides promotions has a say in it.
 */
export async function meanAuroc(store: string, version: string, films: readonly PinnedFilm[]): Promise<number> {
  const out = join(await newFolder(), "answers.csv");
  const args = ["predict", ...films.map(({ file }) => file), "--store", store, "--model", version, "--out", out];
  const { ended, output } = hilum(args);
  must((await ended).code === 0, `predict of ${version} in ${dirname(out)}: ${output.text}`);
  const [header = [], ...rows] = parseCsv(await readFile(out, "utf8"));
  const answers = new Map(rows.map((row) => [row[header.indexOf("Path")]!, row]));
  const figures = OBSERVATIONS.flatMap((name, k) => {
    const labels = films.map(({ labels }) => labels[k]!);
    if ([0, 1].some((label) => labels.filter((one) => one === label).length < 10)) return [];
    const cells = films.map(({ file }) => answers.get(file)?.[header.indexOf(name)]);
    if (cells.some((cell) => cell === undefined || cell === "")) return [];
    return [auroc(cells.map(Number), labels)];
  });
  must(figures.length > 0, `${version} answers for nothing that the pinned films have enough of`);
  return figures.reduce((sum, figure) => sum + figure) / figures.length;
}
