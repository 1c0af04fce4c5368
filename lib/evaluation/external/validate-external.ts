import { join } from "node:path";
import { Evaluation } from "../../contracts/evaluation.ts";
import { ExternalValidation } from "../../contracts/external-validation.ts";
import { modelKeys, VALIDATION_FILES } from "../../contracts/layout.ts";
import { type ModelVersion, SAVED_MODEL_FOLDER, type VersionId } from "../../contracts/model-version.ts";
import { type LabelPolicy, type Links, RunConfig } from "../../contracts/run-config.ts";
import { findDataFiles } from "../../data/data-files.ts";
import { type ExternalFilms, prepareExternal } from "../../data/external-films.ts";
import { labelMatrix } from "../../data/film-columns.ts";
import { countWarnings } from "../../data/film-warnings.ts";
import { readFolder } from "../../data/manifest.ts";
import { readProvenance } from "../../data/provenance.ts";
import { fingerprintOf } from "../../data/request.ts";
import { tally } from "../../data/selection.ts";
import { studyKey } from "../../data/sources/source-format.ts";
import { FOLDS } from "../../domain/cross-fit.ts";
import { InputError } from "../../domain/errors.ts";
import { externalFilms } from "../../domain/external-films.ts";
import { isLabel, targetsOf } from "../../domain/label-policy.ts";
import type { ObservationStatus } from "../../domain/observation-status.ts";
import { forEachObservation, OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { cautionOf, isOfDrawingsAlone } from "../../domain/provenance.ts";
import { sha256 } from "../../domain/sha256.ts";
import { patientAnywhere, patientKey } from "../../domain/split.ts";
import { openServingModel } from "../../model/serving-model.ts";
import { notLearned, observationStatuses } from "../../registry/observation-statuses.ts";
import { type LocalVersion, materialiseVersion } from "../../registry/versions.ts";
import { renderExternalValidation } from "../../report/external-validation.ts";
import { cacheFolder } from "../../setup/cache-folder.mjs";
import type { Reporter } from "../../steps/progress.ts";
import { encodeDocument, findDocument } from "../../store/documents.ts";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { calibratedProbabilities } from "../decision-rules.ts";
import { blankUnlearned, maskUnlearned } from "../learned.ts";
import { type Answers, answerShards } from "./answers.ts";
import { externalLabelsCsv, externalPredictionsCsv } from "./csv-files.ts";
import { externalFigures } from "./figures.ts";
import { filmsOfModel, viewsOfModel } from "./films-of-model.ts";
import { describeSubjects } from "./subjects.ts";

const MOST_FILMS_AT_ONCE = 32;

export interface ExternalValidationOptions {
  readonly models: Store;
  readonly version: VersionId;
  /** Where the films' shards are kept. */
  readonly datasets: Store;
  /** Where the model's run stands; null where nobody knows. */
  readonly runs: Store | null;
  /** URI of the folder with the CSV files and the films. */
  readonly data: string;
  /** The model's own where left out. */
  readonly views?: RunConfig["views"] | undefined;
  readonly policy?: LabelPolicy | undefined;
  /** See RunConfig's `data.links`. */
  readonly links?: Links;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** A reporter for each phase. */
  readonly reporter: (phase: "prepare" | "predict") => Reporter;
}

export interface MadeValidation {
  readonly validation: ExternalValidation;
  /** Where it stands in the room `models`. */
  readonly keys: ReturnType<ReturnType<typeof modelKeys.validations>["of"]>;
}

/**
 * Judges a version on the films of a folder, without training: prepared as its own films were, answered by its serving
 * graph and its calibration. Of the store it writes shards, and the validation beside the version.
 * @throws InputError `no-external-films` where no film is left to judge it by; as prepareExternal and materialiseVersion
 */
export async function validateExternal(options: ExternalValidationOptions): Promise<MadeValidation> {
  const { models, runs, datasets, signal } = options;
  const local = await materialiseVersion(models, options.version, join(cacheFolder(), "models"));
  const { manifest } = local;
  const policy = options.policy ?? manifest.policy;
  const views = options.views ?? (await viewsOfModel(runs, manifest)) ?? RunConfig.shape.views.parse(undefined);
  const data = openStore(options.data);
  const files = await findDataFiles(data);
  const { csv } = files;
  const found = await readFolder(data, files);
  const missing = "leave-out" as const;
  const fingerprint = await fingerprintOf(data, files, { missing }, found);
  const config = {
    data: { links: options.links ?? "inside", missing },
    geometry: manifest.geometry,
    views,
    prepare: RunConfig.shape.prepare.parse(undefined),
  };
  const request = { data: options.data, found, fingerprint, config };
  const prepared = await prepareExternal({ datasets }, request, { signal, ...options.reporter("prepare") });

  const internal = await findDocument(models, modelKeys.version(manifest.version).evaluation, Evaluation);
  const statuses = observationStatuses(manifest, internal ?? null);
  const { judged, notJudged, labels, targets } = judgedObservations(prepared, manifest, statuses, policy);
  const { films } = prepared;
  const patients = films.patient.map((patient, position) => patientKey(films.source[position]!, patient));
  const known = await filmsOfModel(runs, manifest);
  const chosen = externalFilms(
    { hashes: films.filmSha256, sources: films.source, patients: patients.map(patientAnywhere), targets: labels },
    typeof known === "string" ? null : known,
  );
  const leftOut = {
    ...tally(prepared.reasons),
    ...tally(prepared.shards.flatMap(({ setAside }) => setAside.map(({ code }) => code))),
    ...chosen.leftOut,
  };
  const positions = chosen.judged;
  if (positions.length === 0) throw noFilms(options.data, prepared.reasons.length, leftOut);

  const answers = await answer(options, local, prepared);
  const studies = patients.map((patient, position) => studyKey(patient, films.study[position]!));
  const at = <T>(values: readonly T[]): T[] => Array.from(positions, (position) => values[position]!);
  const drawn = (await readProvenance(data, prepared.manifest)).every(({ kind }) => kind === "phantom");
  const strange = strangeFilms(manifest, at([...answers.strange]), drawn);
  const table = blankUnlearned(
    {
      labels: takeFilms(labels, positions),
      probabilities: calibratedProbabilities({ logits: takeFilms(answers.logits, positions) }, manifest.calibration),
      patients: at(patients),
      studies: at(studies),
      decided: strange?.map((is) => !is) ?? null,
    },
    statuses,
  );
  const name = nameOf(options.data);
  const id = `${slug(name)}-${sha256(JSON.stringify([options.data, fingerprint, views.toSorted(), policy])).slice(0, 8)}`;
  const validation = ExternalValidation.parse({
    schema: "hilum.external-validation/1",
    id,
    createdAt: new Date().toISOString(),
    model: { version: manifest.version, name: manifest.name, run: manifest.trainedOn.run },
    caution: cautionOf(manifest),
    data: { name, uri: options.data, csv, fingerprint, views, policy },
    films: { read: prepared.reasons.length, judged: positions.length, leftOut },
    warnings: countWarnings({ warnings: at(films.warnings) }),
    overlap: { unchecked: typeof known === "string" ? known : null, ownTestFilms: chosen.ownTestFilms },
    subjects: describeSubjects(films, positions, table),
    outOfDistribution: strange && strangeShare(strange),
    seed: options.seed,
    operatingPoint: manifest.operatingPoint,
    thresholds: manifest.thresholds,
    folds: FOLDS,
    notJudged,
    ...externalFigures({ table, judged, model: manifest, internal, seed: options.seed }),
  } satisfies ExternalValidation);

  const keys = modelKeys.validations(manifest.version).of(id);
  const named = {
    paths: Array.from(positions, (position) => pathOf(prepared, films.row[position]!)),
    patients: table.patients,
  };
  const given = { raw: takeFilms(labelMatrix(films), positions), targets: takeFilms(targets, positions) };
  await models.put(keys.predictions, Buffer.from(externalPredictionsCsv(named, table.probabilities)));
  await models.put(keys.labels, Buffer.from(externalLabelsCsv(named, given)));
  await models.put(keys.report, Buffer.from(await renderExternalValidation(validation)));
  await models.put(keys.validation, encodeDocument(validation));
  return { validation, keys };
}

/** The files of a validation by name. */
export async function filesOfValidation(models: Store, keys: MadeValidation["keys"]): Promise<[string, Uint8Array][]> {
  const files: [string, Uint8Array][] = [];
  for (const [what, name] of Object.entries(VALIDATION_FILES)) {
    files.push([name, await models.get(keys[what as keyof typeof VALIDATION_FILES])]);
  }
  return files;
}

/**
 * What there is to judge, and why not the rest: the model did not learn it, or nobody labelled it.
 * @returns targets under the policy, and as `labels` those that judge the model: masked where it did not learn
 */
function judgedObservations(
  { films }: ExternalFilms,
  manifest: ModelVersion,
  statuses: readonly ObservationStatus[],
  policy: LabelPolicy,
) {
  const isLabelled = forEachObservation((name) => films[name].some(isLabel));
  const targets = targetsOf(policy, labelMatrix(films), films.row).map((target, at) =>
    isLabelled[at % OBSERVATION_COUNT] ? target : Number.NaN,
  );
  const unlearned = notLearned(manifest, statuses);
  const notJudged: Partial<Record<Observation, string>> = Object.fromEntries(
    OBSERVATIONS.flatMap((name, k) => {
      if (unlearned[name] !== undefined) return [[name, `not learned by the model: ${unlearned[name]}`]];
      return isLabelled[k] ? [] : [[name, "not labelled in this data set"]];
    }),
  );
  return {
    judged: OBSERVATIONS.filter((name) => notJudged[name] === undefined),
    notJudged,
    targets,
    ...maskUnlearned({ labels: targets }, statuses),
  };
}

async function answer(
  { models, datasets, signal, reporter }: ExternalValidationOptions,
  { manifest, folder }: LocalVersion,
  { shards, films }: ExternalFilms,
): Promise<Answers> {
  const { progress } = reporter("predict");
  const total = films.row.length;
  let done = 0;
  const { model, geometry } = manifest;
  const graph = await openServingModel(join(folder, SAVED_MODEL_FOLDER), { model, size: geometry.size });
  try {
    return await answerShards(shards, {
      ...{ graph, manifest, folder, models, datasets, signal },
      batchSize: MOST_FILMS_AT_ONCE,
      onFilms: (count) => {
        done += count;
        progress({ done, total, unit: "films" });
      },
    });
  } finally {
    graph.close();
  }
}

/**
 * Of each film whether the service tells that it is unlike those learned from; null where the model has no measure of it.
 * @param told as Answers.strange
 * @param drawn whether the films are drawings: a model of drawings alone decides on no others (lib/inference/strangeness.ts)
 */
function strangeFilms(manifest: ModelVersion, told: readonly number[], drawn: boolean): readonly boolean[] | null {
  if (isOfDrawingsAlone(manifest) && !drawn) return told.map(() => true);
  return Number.isNaN(told[0]!) ? null : told.map((is) => is === 1);
}

function strangeShare(strange: readonly boolean[]): NonNullable<ExternalValidation["outOfDistribution"]> {
  const films = strange.filter(Boolean).length;
  return { films, share: films / strange.length };
}

/** Rows of a table of films x 14. */
function takeFilms<T extends Float32Array | Float64Array | Int8Array>(table: T, positions: Uint32Array): T {
  const taken = table.slice(0, positions.length * OBSERVATION_COUNT) as T;
  positions.forEach((position, film) => {
    taken.set(
      table.subarray(position * OBSERVATION_COUNT, (position + 1) * OBSERVATION_COUNT),
      film * OBSERVATION_COUNT,
    );
  });
  return taken;
}

/** As the CSV has it; with the folder of its file where there are several, since two sources may use the same path. */
function pathOf({ manifest }: ExternalFilms, row: number): string {
  const folder = manifest.file[row]!.split("/").slice(0, -1).join("/");
  return folder === "" ? manifest.path[row]! : `${folder}/${manifest.path[row]!}`;
}

/** Last segment of a URI, as people write it. */
const nameOf = (uri: string): string => decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40) || "data";

function noFilms(data: string, read: number, leftOut: Readonly<Record<string, number>>): InputError {
  const why = Object.entries(leftOut).map(([reason, films]) => `${films} ${reason}`);
  return new InputError(
    "no-external-films",
    `${data}: none of ${read} rows is left to validate the model on (${why.join("; ")}), expected labelled films that it was not fitted on`,
  );
}
