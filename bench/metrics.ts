/**
 * Figures of many films from two CSV files: ours, with intervals and the averages over films, beside NumPy and scikit-learn,
 * which make the same figures without either (its AUROC over each film alone would take minutes). Rounds are interleaved;
 * medians are told, reading and figures apart.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { sigmoid } from "../lib/domain/logistic.ts";
import { OBSERVATIONS } from "../lib/domain/observations.ts";
import { normal, random } from "../lib/domain/random.ts";
import { pythonPackages } from "../test/python.ts";
import { type Measurement, median } from "./measurement.ts";

const Answer = z.object({ read: z.number(), figures: z.number(), auroc: z.array(z.number()) });
type Answer = z.infer<typeof Answer>;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { films: { type: "string", default: "200000" }, rounds: { type: "string", default: "3" } },
  });
  const folder = await mkdtemp(join(tmpdir(), "hilum-bench-metrics-"));
  try {
    const files = await writeTables(folder, Number(values.films));
    const packages = await pythonPackages(here("../test/requirements.txt"));
    const subjects = {
      ours: () => ask(process.execPath, ["--import", "tsx", here("metrics/ours.ts"), ...files], {}),
      "scikit-learn": () => ask("python3", [here("metrics/scikit_learn.py"), ...files], { PYTHONPATH: packages }),
    };
    const answers: Record<keyof typeof subjects, Answer[]> = { ours: [], "scikit-learn": [] };
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const name of ["ours", "scikit-learn"] as const) answers[name].push(await subjects[name]());
    }
    checkAgreement(answers.ours[0]!, answers["scikit-learn"][0]!);
    return Object.entries(answers).flatMap(([subject, all]) =>
      (["read", "figures"] as const).map((metric) => ({
        ...{ bench: "metrics", subject, metric, unit: "s", flags: `${values.films} films of 14` },
        value: Number(median(all.map((answer) => answer[metric])).toPrecision(3)),
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(command: string, args: readonly string[], environment: Record<string, string>): Promise<Answer> {
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...environment } });
  return Answer.parse(JSON.parse(stdout));
}

function checkAgreement(ours: Answer, theirs: Answer): void {
  const furthest = Math.max(...ours.auroc.map((value, i) => Math.abs(value - theirs.auroc[i]!)));
  if (furthest > 1e-9) throw new Error(`AUROCs differ by ${furthest}: the subjects did not do the same`);
}

/** Labels and predictions of three films a patient. */
async function writeTables(folder: string, films: number): Promise<[labels: string, predictions: string]> {
  const next = random(1, "bench metrics");
  const header = ["Path", ...OBSERVATIONS].join(",");
  const [labels, predictions] = [[header], [header]];
  for (let film = 0; film < films; film += 1) {
    const path = `train/patient${String(Math.floor(film / 3)).padStart(6, "0")}/study1/view${film % 3}.jpg`;
    const row = OBSERVATIONS.map(() => (next() < 0.15 ? 1 : 0));
    labels.push([path, ...row].join(","));
    predictions.push([path, ...row.map((y) => sigmoid(1.5 * y - 2 + normal(next)).toFixed(6))].join(","));
  }
  const files = [join(folder, "labels.csv"), join(folder, "predictions.csv")] as [string, string];
  await Promise.all([writeFile(files[0], labels.join("\n")), writeFile(files[1], predictions.join("\n"))]);
  return files;
}
