/**
 * How often 95 % intervals hold the true figure, over simulated films of which it is known: a line a cell, the lowest and
 * highest coverage over ratios of the classes. `--cells auroc` draws exactly as many positives as a cell has, as its
 * AUROC's variance assumes; `--cells figures` as many on average, since other figures vary with the prevalence too;
 * `--cells mean` looks at the mean AUROC of 14 observations.
 */
import { parseArgs } from "node:util";
import { InputError } from "../lib/domain/errors.ts";
import { coverage, meanCoverage } from "../test/lib/domain/intervals/coverage.ts";
import type { Cell } from "../test/lib/domain/intervals/simulated-films.ts";
import type { Measurement } from "./measurement.ts";

const AUROCS = [0.75, 0.85, 0.95, 0.99];
const POSITIVES = [5, 10, 30, 100];

/** Films a patient, and how alike those are in score and in label. */
const PATIENTS = {
  "1 film": { filmsEach: 1, scoreCorrelation: 0, labelCorrelation: 0 },
  "4 films, alike in score": { filmsEach: 4, scoreCorrelation: 0.5, labelCorrelation: 0 },
  "4 films, alike in score and label": { filmsEach: 4, scoreCorrelation: 0.5, labelCorrelation: 0.5 },
  "4 films, much alike in both": { filmsEach: 4, scoreCorrelation: 0.8, labelCorrelation: 0.8 },
} as const;

/** Negatives beside so many positives: ten each, 300 films in all, half as many. */
const negativesOf = (positives: number): number[] => [
  ...new Set([10 * positives, 300 - positives, Math.ceil(positives / 2)]),
];

/** Fewer patients than this tell nothing of how alike their films are. */
const LEAST_PATIENTS = 4;

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { trials: { type: "string", default: "1000" }, cells: { type: "string", default: "auroc" } },
  });
  const trials = Number(values.trials);
  if (values.cells === "mean") return meanCoverage(trials).map(measurement(trials));
  if (values.cells !== "auroc" && values.cells !== "figures") {
    throw new InputError("bench", `coverage: no cells ${values.cells}, expected auroc, figures or mean`);
  }
  const countIs = values.cells === "auroc" ? "fixed" : "drawn";
  return Object.entries(PATIENTS).flatMap(([kind, alike]) =>
    AUROCS.flatMap((auroc) =>
      POSITIVES.flatMap((positives) => {
        const found = new Map<string, number[]>();
        for (const negatives of negativesOf(positives)) {
          if ((positives + negatives) / alike.filmsEach < LEAST_PATIENTS) continue;
          const cell: Cell = { auroc, positives, negatives, ...alike, countIs };
          for (const [figure, share] of Object.entries(coverage(cell, trials, values.cells as "auroc" | "figures"))) {
            found.set(figure, [...(found.get(figure) ?? []), share]);
          }
        }
        const metric = `AUROC ${auroc}, ${positives} positives, ${kind}`;
        return [...found].flatMap(([subject, shares]) => [
          measurement(trials)({ metric, subject: `${subject}, lowest`, share: Math.min(...shares) }),
          measurement(trials)({ metric, subject: `${subject}, highest`, share: Math.max(...shares) }),
        ]);
      }),
    ),
  );
}

const measurement =
  (trials: number) =>
  ({ metric, subject, share }: { metric: string; subject: string; share: number }): Measurement => ({
    ...{ bench: "coverage", subject, metric, unit: "%", flags: `${trials} draws` },
    value: Number((100 * share).toFixed(1)),
  });
