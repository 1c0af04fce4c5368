/** Labels and predictions as CSV files; seconds on stdout. */
import { createReadStream } from "node:fs";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { joinTables, readLabels, readPredictions } from "../../lib/evaluation/csv-tables.ts";
import { metricsOf } from "../../lib/evaluation/metrics.ts";
import { column } from "../../lib/evaluation/prediction-table.ts";

const [labels, predictions] = process.argv.slice(2).map((file) => ({ file, open: () => createReadStream(file) }));
const started = performance.now();
const masked = { uncertain: "ignore", blank: "ignore", perObservation: {} } as const;
const joined = joinTables(await readLabels(labels!, masked), await readPredictions(predictions!));
const wasRead = performance.now();
const columns = OBSERVATIONS.map((_, i) => ({
  ...{ scores: column(joined.probabilities, i), labels: column(joined.labels, i), threshold: 0.5 },
}));
const { perObservation } = metricsOf(columns, joined.patients);
const ended = performance.now();
const auroc = OBSERVATIONS.map((name) => perObservation[name].auroc);
console.log(JSON.stringify({ read: (wasRead - started) / 1000, figures: (ended - wasRead) / 1000, auroc }));
