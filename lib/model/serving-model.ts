import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelConfig } from "../contracts/run-config.ts";
import { readConstants } from "../engine/graph/read-constants.ts";
import { bestKernels, type NetworkOptions, openNetwork } from "../engine/network-addon.ts";
import { checkPixels, loadServingGraph, type ServingGraph } from "../engine/saved-model.ts";
import { SAVED_MODEL_FILE } from "../engine/session.ts";
import { device } from "../engine/tensorflow.ts";
import { UnknownPattern } from "./fused-layers.ts";
import { networkProgram } from "./network-program.ts";
import { buildNetwork } from "./networks.ts";
import { normalisationFactors } from "./normalisation.ts";
import type { Weights, WeightTensor } from "./weights.ts";

export interface ServedModel {
  readonly model: Pick<ModelConfig, "network" | "channels" | "headWidth" | "normalisation">;
  /** Side of the square film in pixels. */
  readonly size: number;
}

/** One member of an ensemble: [films][channels] each, maps [films][14][rows][columns]. */
interface MemberAnswer {
  readonly logits: Float32Array;
  readonly features: Float32Array;
  readonly maps: Float32Array | null;
}

interface Member {
  /** Rows of a map, and its columns. */
  readonly grid: number;
  run(pixels: Uint8Array, maps: boolean): MemberAnswer;
  close(): void;
}

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
  const isOurs = device().kind === "cpu" && (options.kernels !== undefined || bestKernels() !== "plain");
  const weights = isOurs ? await readMembers(join(folder, SAVED_MODEL_FILE)) : [];
  // Of a file that is no serving graph TensorFlow says what is wrong.
  if (weights.length === 0) return loadServingGraph(folder);
  try {
    return average(openMembers(weights, served, options), served.size);
  } catch (error) {
    if (error instanceof UnknownPattern) return loadServingGraph(folder);
    throw error;
  }
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

function openMembers(weights: readonly Weights[], { model, size }: ServedModel, options: NetworkOptions): Member[] {
  const network = buildNetwork(model);
  const picture = { size, ...normalisationFactors(model) };
  const programs = weights.map((own) => networkProgram(network, picture, own));
  return programs.map(({ program, logits, features, grid }) => {
    const opened = openNetwork(program, options);
    return {
      grid,
      run(pixels, maps) {
        const answer = opened.run(pixels, { maps });
        return {
          logits: logits.of(answer.logits),
          features: features.of(answer.features),
          maps: answer.maps && logits.of(answer.maps, grid * grid),
        };
      },
      close: () => opened.close(),
    };
  });
}

function average(members: readonly Member[], size: number): ServingGraph {
  return {
    size,
    computedBy: "own kernels",
    run(pixels, count, { maps = false } = {}) {
      checkPixels(pixels, count, size);
      const answers = members.map((member) => member.run(pixels, maps));
      const logits = mean(answers.map((answer) => answer.logits));
      const { grid } = members[0]!;
      return {
        count,
        logits,
        probabilities: logits.map((logit) => 1 / (1 + Math.exp(-logit))),
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
