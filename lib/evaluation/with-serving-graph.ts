import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadServingGraph, type ServingGraph } from "../engine/saved-model.ts";

/** Loads a serving graph from the bytes of its `saved_model.pb`, and lets go of it when the work is done. */
export async function withServingGraph<T>(bytes: Uint8Array, work: (graph: ServingGraph) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-serving-graph-"));
  try {
    await writeFile(join(folder, "saved_model.pb"), bytes);
    const graph = await loadServingGraph(folder);
    try {
      return await work(graph);
    } finally {
      graph.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
