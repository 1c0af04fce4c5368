import { type Command, Option } from "commander";
import { CountedUncertain, MetricsReport } from "../../lib/contracts/evaluation.ts";
import { BlankPolicy } from "../../lib/contracts/run-config.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { type CsvSource, joinTables, readLabels, readPredictions } from "../../lib/evaluation/csv-tables.ts";
import { metricsOf } from "../../lib/evaluation/metrics.ts";
import { column } from "../../lib/evaluation/prediction-table.ts";
import { openFile } from "../../lib/store/open-file.ts";
import { option } from "../cli/options.ts";
import { tellMetrics } from "../cli/tell-metrics.ts";
import { readThresholds } from "../cli/thresholds.ts";
import { whyUnread } from "../cli/unread-file.ts";

interface MetricsOptions {
  readonly labels: string;
  readonly predictions: string;
  readonly thresholds?: string;
  readonly uncertain: CountedUncertain;
  readonly blank: BlankPolicy;
  readonly json?: boolean;
}

export function registerMetrics(program: Command): void {
  program
    .command("metrics")
    .description("figures of any predictions against any labels: two CSV files with the 14 columns")
    .requiredOption("--labels <csv>", "labels: 1, 0, -1 (uncertain), blank (not mentioned) or NA (not labelled)")
    .requiredOption(
      "--predictions <csv>",
      "probabilities, or a run's predictions.csv; joined by the column Path where both have it, else row by row",
    )
    .option(
      "--thresholds <json>",
      "operating points by observation, a list of 14, a model.json or an external-validation.json; 0.5 if left out",
    )
    .addOption(
      new Option("--uncertain <policy>", "what -1 counts as; ignore leaves it out")
        .choices(CountedUncertain.options)
        .default("ignore"),
    )
    .addOption(
      new Option("--blank <policy>", "what a blank label counts as; ignore leaves it out")
        .choices(BlankPolicy.options)
        .default("ignore"),
    )
    .addOption(option.json())
    .addHelpText(
      "after",
      `
Every figure has a 95 % interval in which a patient's films count together (docs/statistics.md). Whose a film is stands in
the column Patient of either file, or else in Path (…/patient00001/study1/…); without both each film stands for itself.
Labels that nobody looked for count in no figure, whatever --blank says: NA, and an observation that a source fills in no
row. Figures that are not defined, such as the AUROC of one class, are null. Films that predict --out could not answer for are counted and left out; so is an observation
whose probability is blank for all films, as predict --out leaves one that the model did not learn.

Films are the same where their Paths are, or where all Paths go on alike from another folder on: set/valid/… is
/data/set/valid/…, as predict --out writes it. Labelled films without a row among the predictions are counted and left out. Of the
predictions.csv that a run writes the test part counts alone; it serves as --labels too, under the run's own policy.

Example:
  $ hilum metrics --labels valid.csv --predictions mine.csv --blank zero --json
`,
    )
    .action(metrics);
}

const source = (file: string): CsvSource => ({ file, open: () => readPieces(file) });

async function* readPieces(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* (await openFile(file)).createReadStream();
  } catch (cause) {
    throw new InputError("csv", `${file}: ${whyUnread(cause)}`, { cause });
  }
}

async function metrics({ uncertain, blank, json, ...files }: MetricsOptions): Promise<void> {
  const thresholds = await readThresholds(files.thresholds);
  const joined = joinTables(
    await readLabels(source(files.labels), { uncertain, blank, perObservation: {} }),
    await readPredictions(source(files.predictions)),
  );
  const columns = OBSERVATIONS.map((_, i) => ({
    scores: column(joined.probabilities, i),
    labels: column(joined.labels, i),
    threshold: thresholds[i]!,
  }));
  const report: MetricsReport = {
    schema: "hilum.metrics/1",
    films: joined.films,
    patients: joined.patientsKnown ? new Set(joined.patients).size : null,
    joinedBy: joined.joinedBy,
    notLabelled: joined.notLabelled,
    predictionsWithoutLabels: joined.predictionsWithoutLabels,
    labelsWithoutPredictions: joined.labelsWithoutPredictions,
    failedPredictions: joined.failedPredictions,
    notAnswered: [...joined.notAnswered],
    policy: { uncertain, blank },
    ...metricsOf(columns, joined.patients),
  };
  if (json) console.log(JSON.stringify(MetricsReport.parse(report)));
  else process.stdout.write(tellMetrics(report));
}
