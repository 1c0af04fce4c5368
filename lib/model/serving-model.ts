import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sigmoid } from "../domain/logistic.ts";
import { readConstants } from "../engine/graph/read-constants.ts";
import type { NetworkOptions } from "../engine/network-addon.ts";
import { checkPixels, loadServingGraph, type ServingGraph } from "../engine/saved-model.ts";
import { SAVED_MODEL_FILE } from "../engine/session.ts";
import { type OwnNetwork, openOwnNetwork, type ServedModel } from "./own-network.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/**
 * A serving graph, in a folder or as the bytes of its file, computed by our own kernels where they know the network and a CPU with vectors
 * computes, else by TensorFlow: the same file, the same answers.
 * @param options kernels that are named are used whatever their speed
 * @throws InputError `serving-graph` as loadServingGraph
 */
export async function openServingModel(
  source: string | Uint8Array,
  served: ServedModel,
  options: NetworkOptions = {},
): Promise<ServingGraph> {
  const weights = await readMembers(source);
  const members = weights.map((own) => openOwnNetwork(served, own, options));
  const ours = members.filter((member) => member !== undefined);
  if (ours.length > 0 && ours.length === members.length) return average(ours, served.size);
  // Of a file that is no serving graph TensorFlow says what is wrong.
  for (const member of ours) member.close();
  return typeof source === "string" ? loadServingGraph(source) : loadBytes(source);
}

/** TensorFlow loads folders; what it has loaded needs none any more. */
async function loadBytes(bytes: Uint8Array): Promise<ServingGraph> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-graph-"));
  try {
    await writeFile(join(folder, SAVED_MODEL_FILE), bytes);
    return await loadServingGraph(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The constants of each member as lib/model/serving-graph.ts names them; none where the file is no such graph. */
async function readMembers(source: string | Uint8Array): Promise<Weights[]> {
  const members = new Map<number, Map<string, WeightTensor>>();
  try {
    const bytes = typeof source === "string" ? await readFile(join(source, SAVED_MODEL_FILE)) : source;
    for (const [name, constant] of readConstants(bytes)) {
      const [, member, weight] = /^member_(\d+)\/(.+)$/.exec(name) ?? [];
      if (weight === undefined) continue;
      const own = members.get(Number(member)) ?? new Map<string, WeightTensor>();
      members.set(Number(member), own.set(weight, constant));
    }
  } catch {
    return [];
  }
  return [...members.values()];
}

function average(members: readonly OwnNetwork[], size: number): ServingGraph {
  return {
    size,
    computedBy: "own kernels",
    bestBatch: 1,
    run(pixels, count, { maps = false } = {}) {
      checkPixels(pixels, count, size);
      const answers = members.map((member) => member.run(pixels, { maps }));
      const logits = mean(answers.map((answer) => answer.logits));
      const { grid } = members[0]!;
      return {
        count,
        logits,
        probabilities: logits.map(sigmoid),
        features: mean(answers.map((answer) => answer.features)),
        maps: maps ? { rows: grid, columns: grid, values: mean(answers.map((answer) => answer.maps!)) } : null,
      };
    },
    close() {
      for (const member of members) member.close();
    },
  };
}

function mean([first, ...others]: readonly Float32Array[]): Float32Array {
  if (others.length === 0) return first!;
  return first!.map((value, i) => others.reduce((sum, other) => sum + other[i]!, value) / (others.length + 1));
}
