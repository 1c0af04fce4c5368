import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sigmoid } from "../domain/logistic.ts";
import { readConstants } from "../engine/graph/read-constants.ts";
import type { NetworkOptions } from "../engine/network-addon.ts";
import { checkPixels, loadServingGraph, type ServingGraph } from "../engine/saved-model.ts";
import { SAVED_MODEL_FILE } from "../engine/session.ts";
import { type OwnNetwork, openOwnNetwork, type ServedModel } from "./own-network.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/**
 * The serving graph in a folder, computed by our own kernels where they know the network and a CPU with vectors
 * computes, else by TensorFlow: the same file, the same answers.
 * @param options kernels that are named are used whatever their speed
 * @throws InputError `serving-graph` as loadServingGraph
 */
export async function openServingModel(
  folder: string,
  served: ServedModel,
  options: NetworkOptions = {},
): Promise<ServingGraph> {
  const weights = await readMembers(join(folder, SAVED_MODEL_FILE));
  const members = weights.map((own) => openOwnNetwork(served, own, options));
  const ours = members.filter((member) => member !== undefined);
  if (ours.length > 0 && ours.length === members.length) return average(ours, served.size);
  // Of a file that is no serving graph TensorFlow says what is wrong.
  for (const member of ours) member.close();
  return loadServingGraph(folder);
}

/** The constants of each member as lib/model/serving-graph.ts names them; none where the file is no such graph. */
async function readMembers(file: string): Promise<Weights[]> {
  const members = new Map<number, Map<string, WeightTensor>>();
  try {
    for (const [name, constant] of readConstants(await readFile(file))) {
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
