import { join } from "node:path";
import { Dataset } from "../../contracts/dataset.ts";
import { Evaluation } from "../../contracts/evaluation.ts";
import { type ExamRecord, Exams } from "../../contracts/exams.ts";
import { modelKeys, runKeys, tellsUnlabelled } from "../../contracts/layout.ts";
import { type ModelVersion, SAVED_MODEL_FOLDER, type VersionId } from "../../contracts/model-version.ts";
import { openTrainingData } from "../../data/training-data.ts";
import { InputError } from "../../domain/errors.ts";
import { isReadersSource } from "../../domain/readers.ts";
import { openServingModel } from "../../model/serving-model.ts";
import { anchorOf, readChannels } from "../../registry/channels.ts";
import { observationStatuses } from "../../registry/observation-statuses.ts";
import { loadVersion, materialiseVersion } from "../../registry/versions.ts";
import { cacheFolder } from "../../setup/cache-folder.mjs";
import type { StepContext } from "../../steps/run-step.ts";
import { findDocument, readDocument, writeDocument } from "../../store/documents.ts";
import type { PredictionTable } from "../prediction-table.ts";
import { encodeExam } from "./exam-table.ts";
import { type Examinee, knownFilms } from "./examinee.ts";
import { composeExams, type Sitting, sitExam } from "./sit-exam.ts";

/**
 * Lets a run's model and each model that it may replace or be measured from answer the same films, and writes what they
 * answered: the model in production and the anchor, each on its own test films and on the run's. What can't be compared is
 * said in a line; the gate then keeps what is in production.
 * @param test calibrated, of the run's own test films
 */
export async function holdExams(
  context: StepContext,
  candidate: Examinee,
  test: PredictionTable,
  using: Omit<Sitting, "onFilms">,
): Promise<void> {
  const { rooms, keys } = context;
  const own = keys.exam("own");
  const { patients, labels, probabilities } = test;
  const answers = { patients, labels: Float64Array.from(labels), scores: { candidate: probabilities } };
  await rooms.runs.put(own, encodeExam(answers));
  const channels = await readChannels(rooms.models);
  const versions = new Set([channels.production, anchorOf(channels)].filter((version) => version !== null));
  const references: Exams["references"] = [];
  for (const version of versions) {
    const exams = await examine(context, candidate, version, using);
    if (exams !== undefined) references.push({ version, exams });
  }
  await writeDocument(rooms.runs, keys.exams, Exams, {
    schema: "hilum.exams/1",
    own,
    readersOnly: test.subjects.every(({ source }) => isReadersSource(source)),
    references,
  });
}

async function examine(
  context: StepContext,
  candidate: Examinee,
  version: VersionId,
  using: Omit<Sitting, "onFilms">,
): Promise<ExamRecord[] | string | undefined> {
  try {
    // Trained again from the same data and configuration, a model is the one that is there.
    if ((await loadVersion(context.rooms.models, version)).trainedOn.run === context.run) return undefined;
    context.note("info", `comparing with ${version} on films that neither model was fitted on`);
    return await withReference(context, version, (reference) => {
      return compare(context, candidate, reference, version, using);
    });
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** @throws InputError where the version, or the run that made it, is not there as it was */
async function withReference<T>(
  { rooms, request }: StepContext,
  version: VersionId,
  work: (reference: Examinee) => Promise<T>,
): Promise<T> {
  const { manifest, folder } = await materialiseVersion(rooms.models, version, join(cacheFolder(), "models"));
  const data = await openTrainingData(rooms, manifest.trainedOn.run).catch((cause: unknown) => {
    if (!(cause instanceof InputError)) throw cause;
    const gone = `the run ${manifest.trainedOn.run} that made it, with its test films, is no longer whole`;
    throw new InputError("no-reference-run", `${gone} (${cause.message})`, { cause });
  });
  try {
    const { model, geometry } = manifest;
    const evaluation = await findDocument(rooms.models, modelKeys.version(version).evaluation, Evaluation);
    const dataset = await readDocument(rooms.runs, runKeys(manifest.trainedOn.run).dataset, Dataset);
    const known = knownFilms(
      data,
      dataset.shards.every(({ key }) => tellsUnlabelled(key)),
      request.config.notLabelled,
    );
    const graph = await openServingModel(join(folder, SAVED_MODEL_FOLDER), { model, size: geometry.size });
    try {
      return await work(examineeOf(manifest, evaluation, graph, data, known));
    } finally {
      graph.close();
    }
  } finally {
    await data.close();
  }
}

const examineeOf = (
  manifest: ModelVersion,
  evaluation: Evaluation | undefined,
  graph: Examinee["graph"],
  data: Examinee["data"],
  known: Examinee["known"],
): Examinee => {
  const { calibration, geometry, policy } = manifest;
  const statuses = observationStatuses(manifest, evaluation ?? null);
  return { graph, calibration, geometry, policy, statuses, data, known };
};

async function compare(
  { rooms, keys, progress }: StepContext,
  candidate: Examinee,
  reference: Examinee,
  version: VersionId,
  using: Omit<Sitting, "onFilms">,
): Promise<ExamRecord[] | string> {
  const composed = composeExams(candidate, reference);
  const [, theirs] = composed;
  if (theirs.films.length === 0) {
    const reasons = Object.entries(theirs.leftOut).filter(([, count]) => count > 0);
    const why = reasons.map(([reason, count]) => `${count} ${reason}`).join(", ");
    return `none of its test films is left to compare the two on (${why})`;
  }
  const held = composed.filter(({ films }) => films.length > 0);
  const total = 2 * held.reduce((sum, { films }) => sum + films.length, 0);
  let done = 0;
  const onFilms = (count: number): void => {
    done += count;
    progress({ done, total, unit: "films" });
  };
  const records: ExamRecord[] = [];
  for (const exam of held) {
    const key = keys.exam(`${version}-${exam.of}`);
    const answers = await sitExam(exam, candidate, reference, { ...using, onFilms });
    await rooms.runs.put(key, encodeExam(answers));
    const patients = new Set(answers.patients).size;
    records.push({ of: exam.of, key, films: exam.films.length, patients, leftOut: exam.leftOut });
  }
  return records;
}
