import type { ModelConfig, NetworkName } from "../../contracts/run-config.ts";
import { InputError } from "../../domain/errors.ts";
import { OBSERVATION_COUNT } from "../../domain/observations.ts";
import { buildNetwork, HEAD } from "../networks.ts";
import { type Parameter, parametersOf } from "../parameters.ts";
import type { Weights, WeightTensor } from "../weights.ts";
import type { KerasLayer } from "./h5-file.ts";

/** A network's weights as a file had them. */
export interface ImportedNetwork {
  readonly weights: Weights;
  readonly channels: ModelConfig["channels"];
  /** Width of the head's hidden layer; null where the file holds a backbone alone. */
  readonly headWidth: number | null;
}

/**
 * Weights under our names. A layer is found by its name, its weights by their order; the two dense layers of a head
 * may have any names. Every layer of the file must have a place, and every place a layer.
 * @param where names the file in messages
 * @throws InputError `weights-file` naming the layer
 */
export function fromKeras(layers: readonly KerasLayer[], network: NetworkName, where: string): ImportedNetwork {
  const fault = (layer: string, what: string) => new InputError("weights-file", `${where}: layer ${layer}: ${what}`);
  const expected = (channels: 1 | 3, headWidth: number) =>
    byLayer(parametersOf(buildNetwork({ network, channels, headWidth })));

  const byName = new Map(layers.map((layer) => [layer.name.replaceAll("/", "_"), layer]));
  const [firstName] = expected(3, 1).keys();
  const channels = byName.get(firstName!)?.weights[0]?.shape[2];
  if (channels !== 1 && channels !== 3) {
    const found = channels === undefined ? "not there" : `${channels} channels in`;
    throw fault(firstName!, `${found}, expected the first layer of ${network} with 1 or 3 channels in`);
  }

  const head = findHead(byName, new Set(expected(channels, 1).keys()));
  const headWidth = head === undefined ? null : (head.hidden.weights[0]!.shape[1] ?? 0);
  const weights = new Map<string, WeightTensor>();
  const used = new Set<KerasLayer>();
  for (const [name, parameters] of expected(channels, headWidth ?? 1)) {
    const isHead = name === HEAD.hidden || name === HEAD.logits;
    if (isHead && head === undefined) continue;
    const layer = isHead ? (name === HEAD.hidden ? head!.hidden : head!.logits) : byName.get(name);
    if (layer === undefined) throw fault(name, `not there, expected a file of ${network}`);
    const mismatch = compare(layer, parameters);
    if (mismatch !== undefined) throw fault(layer.name, mismatch);
    parameters.forEach((parameter, i) => {
      weights.set(parameter.name, layer.weights[i]!);
    });
    used.add(layer);
  }
  const odd = layers.find((layer) => !used.has(layer));
  if (odd !== undefined) {
    throw fault(odd.name, `no layer of ${network}, expected its backbone, alone or with a head of 14 observations`);
  }
  return { weights, channels, headWidth };
}

function byLayer(parameters: readonly Parameter[]): Map<string, readonly Parameter[]> {
  const layers = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    layers.set(parameter.layer, [...(layers.get(parameter.layer) ?? []), parameter]);
  }
  return layers;
}

/** What differs between a layer of the file and the weights that the network has there. */
function compare({ weights }: KerasLayer, parameters: readonly Parameter[]): string | undefined {
  if (weights.length !== parameters.length) return `${weights.length} weights, expected ${parameters.length}`;
  for (const [i, { name, shape }] of parameters.entries()) {
    const found = weights[i]!.shape;
    if (found.join() !== shape.join()) return `${name} is [${found.join(", ")}], expected [${shape.join(", ")}]`;
  }
  return undefined;
}

/** Two dense layers beside the backbone, the second of which has an output an observation. */
function findHead(
  byName: ReadonlyMap<string, KerasLayer>,
  known: ReadonlySet<string>,
): { hidden: KerasLayer; logits: KerasLayer } | undefined {
  const dense = [...byName]
    .filter(([name]) => !known.has(name) || name === HEAD.hidden || name === HEAD.logits)
    .map(([, layer]) => layer)
    .filter(({ weights }) => weights[0]?.shape.length === 2);
  const logits = dense.find(({ weights }) => weights[0]!.shape[1] === OBSERVATION_COUNT);
  if (logits === undefined) return undefined;
  const width = logits.weights[0]!.shape[0];
  const hidden = dense.find((layer) => layer !== logits && layer.weights[0]!.shape[1] === width);
  return hidden === undefined ? undefined : { hidden, logits };
}
