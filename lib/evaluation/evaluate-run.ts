import { RunEvaluation } from "../contracts/evaluation.ts";
import { ModelCard } from "../contracts/model-card.ts";
import type { OutOfDistribution } from "../contracts/model-version.ts";
import type { TrainingData } from "../data/training-data.ts";
import { sha256 } from "../domain/sha256.ts";
import type { ServingGraph } from "../engine/saved-model.ts";
import { writeServingGraph } from "../model/serving-graph.ts";
import { publishVersion } from "../registry/versions.ts";
import { renderReport } from "../report/report.ts";
import type { StepContext, StepSummary } from "../steps/run-step.ts";
import { writeDocument } from "../store/documents.ts";
import { knownFilms } from "./exams/examinee.ts";
import { holdExams } from "./exams/hold-exams.ts";
import { type FittedFeatureSpace, filmsToFit, fitOutOfDistribution } from "./feature-space.ts";
import { judge } from "./judge.ts";
import { modelCard } from "./model-card.ts";
import type { Predicting } from "./predict.ts";
import { predictionsCsv } from "./predictions-csv.ts";
import { readRunInputs } from "./run-inputs.ts";
import { describeVersion, filesOfVersion, SERVING_GRAPH } from "./version-of-run.ts";
import { withServingGraph } from "./with-serving-graph.ts";

/** More films at once make no prediction faster, and cost memory. */
const MOST_FILMS_AT_ONCE = 32;

/**
 * Writes the serving graph of a run's members and judges that very graph: what is measured is what is served.
 * Publishes the version as candidate, and writes predictions, evaluation, card and report.
 */
export async function evaluateRun(context: StepContext, data: TrainingData): Promise<StepSummary> {
  const { request, rooms, keys, note } = context;
  const { config } = request;
  const inputs = await readRunInputs(context, data);
  const served = { model: config.model, size: config.geometry.size };
  const graph = writeServingGraph({ ...served, members: inputs.members });
  const { material, fitted, ...judged } = await withServingGraph(graph, served, async (loaded) => {
    const using = predicting(context, data, loaded);
    const judged = await judge(context, data, inputs, using);
    const fitted = await fitOutOfDistribution(data.split, config.seed, using);
    const { policy } = data.plan;
    const { calibration } = judged.rules;
    const { statuses } = judged.material;
    const known = knownFilms(data, true);
    const examinee = { graph: loaded, calibration, geometry: config.geometry, policy, statuses, data, known };
    await holdExams(context, examinee, judged.tables.at(-1)!, { batchSize: using.batchSize, signal: using.signal });
    const outOfDistribution = fitted && withoutSpace(fitted);
    const files = [{ path: SERVING_GRAPH, sha256: sha256(graph) }];
    return { ...judged, fitted, material: { ...judged.material, outOfDistribution, files } };
  });

  note("info", "writing the report");
  const card = modelCard(material);
  const report = Buffer.from(await renderReport(material));
  const version = await publishVersion(
    rooms.models,
    describeVersion(material, judged),
    filesOfVersion(graph, material, { card, report, fitted }),
  );
  await rooms.runs.put(keys.predictions, Buffer.from(predictionsCsv(judged.tables)));
  await rooms.runs.put(keys.report, report);
  await writeDocument(rooms.runs, keys.card, ModelCard, card);
  await writeDocument(rooms.runs, keys.evaluation, RunEvaluation, { ...material.evaluation, model: version.version });

  const { meanAuroc, definedObservations, evaluatedOn, localisationHitRate } = material.evaluation;
  return {
    model: version.version,
    meanAuroc,
    definedObservations,
    testFilms: evaluatedOn.rows,
    testPatients: evaluatedOn.patients,
    localisationHitRate,
  };
}

const withoutSpace = ({ space: _, ...facts }: FittedFeatureSpace): OutOfDistribution => facts;

/** Predicts with that graph, and tells of the films done. */
function predicting(context: StepContext, films: TrainingData, graph: ServingGraph): Predicting {
  const { tuning, calibration, test } = films.split;
  const total = tuning.length + calibration.length + test.length + filmsToFit(films.split);
  let done = 0;
  return {
    graph,
    films,
    batchSize: Math.min(context.request.config.training.batchSize, MOST_FILMS_AT_ONCE),
    signal: context.signal,
    onFilms: (count) => {
      done += count;
      // Some films are looked at again, for heat maps and features.
      context.progress({ done, total, unit: "predictions" });
    },
  };
}
