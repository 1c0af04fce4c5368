import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { ModelVersion } from "../lib/contracts/model-version.ts";
import { promote, readChannels } from "../lib/registry/channels.ts";
import { loadVersion, publishVersion } from "../lib/registry/versions.ts";
import { openStore, storeUri } from "../lib/store/open.ts";
import { calmRun, newFolder } from "./workshop.ts";

export interface TwoVersions {
  readonly store: string;
  readonly channels: { readonly production: string; readonly previous: string };
}

/** A store with two versions that answer differently, the second in production. */
export async function twoVersions(): Promise<TwoVersions> {
  const calm = await calmRun();
  const store = await newFolder();
  await cp(calm.store, store, { recursive: true, preserveTimestamps: true });
  const models = openStore(storeUri(join(store, "models")));
  const { production: first } = await readChannels(models);
  const { version: previous, createdAt: _, schema: __, files, ...description } = await loadVersion(models, first!);
  const folder = join(store, "models/versions", previous);
  const sources = files.map(({ path }) => ({ path, file: join(folder, path) }));
  const { version: production } = await publishVersion(
    models,
    { ...description, calibration: flatter(description) },
    sources,
  );
  await promote(models, production);
  return { store, channels: { production, previous } };
}

/** Probabilities nearer to a half. */
const flatter = ({ calibration }: Pick<ModelVersion, "calibration">): ModelVersion["calibration"] =>
  calibration.map(() => ({ kind: "platt", slope: 0.3, intercept: 0.1 }));
