import type { Refusal } from "../../lib/contracts/api.ts";
import { Evaluation } from "../../lib/contracts/evaluation.ts";
import { modelKeys } from "../../lib/contracts/layout.ts";
import { ModelCard } from "../../lib/contracts/model-card.ts";
import type { ModelVersion } from "../../lib/contracts/model-version.ts";
import { openPredictor, type Predictor } from "../../lib/inference/predictor.ts";
import { readChannels, resolveVersion } from "../../lib/registry/channels.ts";
import { loadVersion } from "../../lib/registry/versions.ts";
import { findDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";
import type { LoadedShelf, ModelDocuments, ModelRecords } from "./dependencies.ts";

export interface ServiceOptions {
  /** The room `models`. */
  readonly models: Store;
  /** A channel's name or a version. */
  readonly model?: string | undefined;
  /** Films that are refused instead of answered without a decision. */
  readonly refuse?: Refusal | undefined;
}

/** A model version ready to answer, and what is known of it: what createApp needs. */
export interface Service {
  readonly films: Predictor;
  readonly models: LoadedShelf;
  close(): Promise<void>;
}

/** Loads and warms a model version. @throws InputError `no-model` where the channel is empty; and as openPredictor */
export async function openService({ models, model = "production", refuse }: ServiceOptions): Promise<Service> {
  const films = await openPredictor({ models, model, refuse });
  try {
    const loaded = await documentsOf(models, films.version);
    return { films, models: { loaded, ...modelRecords(models) }, close: () => films.close() };
  } catch (error) {
    await films.close();
    throw error;
  }
}

/** What is known of the versions in a room. */
export const modelRecords = (models: Store): ModelRecords => ({
  channels: () => readChannels(models),
  version: async (name) => documentsOf(models, await loadVersion(models, await resolveVersion(models, name))),
});

const documentsOf = async (models: Store, manifest: ModelVersion): Promise<ModelDocuments> => ({
  manifest,
  card: (await findDocument(models, modelKeys.version(manifest.version).card, ModelCard)) ?? null,
  evaluation: (await findDocument(models, modelKeys.version(manifest.version).evaluation, Evaluation)) ?? null,
});
