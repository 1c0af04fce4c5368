import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServingGraph } from "../engine/saved-model.ts";
import { SAVED_MODEL_FILE } from "../engine/session.ts";
import type { ServedModel } from "../model/own-network.ts";
import { openServingModel } from "../model/serving-model.ts";

/** Loads a serving graph from the bytes of its `saved_model.pb`, and lets go of it when the work is done. */
export async function withServingGraph<T>(
  bytes: Uint8Array,
  served: ServedModel,
  work: (graph: ServingGraph) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-serving-graph-"));
  try {
    await writeFile(join(folder, SAVED_MODEL_FILE), bytes);
    const graph = await openServingModel(folder, served);
    try {
      return await work(graph);
    } finally {
      graph.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
