import { Evaluation } from "../../../lib/contracts/evaluation.ts";
import { modelKeys } from "../../../lib/contracts/layout.ts";
import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import { resolveVersion } from "../../../lib/registry/channels.ts";
import { loadVersion } from "../../../lib/registry/versions.ts";
import { findDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { locateModel } from "../model-location.ts";

/** What every command about models takes. */
export interface ModelsOptions {
  readonly store: string;
  readonly json?: boolean;
}

/** The room `models` of a store. @throws InputError `no-model` */
export const openModels = async (store: string): Promise<Store> =>
  openStore((await locateModel("production", store)).models);

/** The version that `place` means; see locateModel. */
export async function findVersion(
  place: string | undefined,
  store: string,
): Promise<{ readonly models: Store; readonly version: ModelVersion }> {
  const location = await locateModel(place, store);
  const models = openStore(location.models);
  return { models, version: await loadVersion(models, await resolveVersion(models, location.model)) };
}

export const evaluationOf = async (models: Store, { version }: ModelVersion): Promise<Evaluation | null> =>
  (await findDocument(models, modelKeys.version(version).evaluation, Evaluation)) ?? null;
