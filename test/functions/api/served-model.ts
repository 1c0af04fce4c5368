import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServedModel, serveModel } from "../../../functions/api/serve-model.ts";
import { VERSION_FILES } from "../../../lib/contracts/layout.ts";
import { promote } from "../../../lib/registry/channels.ts";
import type { VersionFile } from "../../../lib/registry/version-file.ts";
import type { VersionDescription } from "../../../lib/registry/versions.ts";
import { encodeDocument } from "../../../lib/store/documents.ts";
import { openStore, roomsOf, storeUri } from "../../../lib/store/open.ts";
import { publishRandomModel } from "../../lib/inference/published-model.ts";
import { evaluation } from "./evaluation.ts";

export interface TestService extends ServedModel {
  /** URI of the room `models`. */
  readonly models: string;
  /** Folder of readers' labels. */
  readonly feedback: string;
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A real model of random weights in a real store, promoted and served by the real server.
 * @param change what the version says of itself
 * @param more files of it besides its evaluation
 */
export async function startTestService(
  change: Partial<VersionDescription> = {},
  more: readonly VersionFile[] = [],
): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-api-"));
  const { HILUM_MODELS: models } = roomsOf(folder);
  const store = openStore(models);
  const file = { path: VERSION_FILES.evaluation, bytes: encodeDocument(evaluation) };
  const { version } = await publishRandomModel(store, { kind: "identity" }, [file, ...more], change);
  await promote(store, version);
  const log: Readonly<Record<string, unknown>>[] = [];
  const feedback = join(folder, "feedback");
  const served = await serveModel({ models, port: 0, feedback: storeUri(feedback), log: (entry) => log.push(entry) });
  return {
    ...served,
    models,
    feedback,
    log,
    async close() {
      await served.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
