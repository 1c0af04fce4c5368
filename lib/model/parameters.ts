import type { ModelConfig } from "../contracts/run-config.ts";
import type { Layer, LayerKind, LayerOfKind, Network } from "./network.ts";

/** Where a weight starts: Keras's defaults. */
export type Initializer = "glorot-uniform" | "zeros" | "ones";

/** A weight of a network, named `layer/variable` as Keras names it. */
export interface Parameter {
  readonly name: string;
  readonly layer: string;
  readonly shape: readonly number[];
  readonly size: number;
  readonly initializer: Initializer;
  /** Learned by gradient; running statistics are not. */
  readonly learned: boolean;
}

type Variables = readonly (readonly [name: string, shape: readonly number[], Initializer, learned?: boolean])[];

const none = (): Variables => [];

/** Variables of each kind of layer, in Keras's order. */
const VARIABLES: { [K in LayerKind]: (layer: LayerOfKind<K>, channelsIn: number) => Variables } = {
  input: none,
  zeroPad: none,
  relu: none,
  maxPool: none,
  averagePool: none,
  concat: none,
  add: none,
  globalAveragePool: none,
  conv: ({ settings, channels }, channelsIn) => [
    ["kernel", [settings.size, settings.size, channelsIn, channels], "glorot-uniform"],
    ...(settings.bias ? ([["bias", [channels], "zeros"]] as const) : []),
  ],
  batchNorm: ({ channels }) => [
    ["gamma", [channels], "ones"],
    ["beta", [channels], "zeros"],
    ["moving_mean", [channels], "zeros", false],
    ["moving_variance", [channels], "ones", false],
  ],
  dense: ({ channels }, channelsIn) => [
    ["kernel", [channelsIn, channels], "glorot-uniform"],
    ["bias", [channels], "zeros"],
  ],
};

/** Every weight, layer by layer. */
export function parametersOf(network: Network): Parameter[] {
  const channels = new Map(network.layers.map((layer) => [layer.name, layer.channels]));
  return network.layers.flatMap((layer) => {
    const variables = VARIABLES[layer.kind] as (layer: Layer, channelsIn: number) => Variables;
    return variables(layer, channels.get(layer.inputs[0] ?? "") ?? 0).map(
      ([variable, shape, initializer, learned = true]) => ({
        name: `${layer.name}/${variable}`,
        layer: layer.name,
        shape,
        size: shape.reduce((product, side) => product * side, 1),
        initializer,
        learned,
      }),
    );
  });
}

/** Whether a step changes this weight by gradient, given what the configuration trains. */
export const isTrainable = (parameter: Parameter, network: Network, trainable: ModelConfig["trainable"]): boolean =>
  parameter.learned && (trainable === "full" || !network.backbone.has(parameter.layer));

/** How many numbers a network holds, and how many of them a step changes by gradient. */
export function countParameters(
  network: Network,
  trainable: ModelConfig["trainable"] = "full",
): { total: number; trainable: number } {
  const parameters = parametersOf(network);
  const count = (of: readonly Parameter[]) => of.reduce((sum, { size }) => sum + size, 0);
  return {
    total: count(parameters),
    trainable: count(parameters.filter((parameter) => isTrainable(parameter, network, trainable))),
  };
}
