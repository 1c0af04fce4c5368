import { type Layer, type LayerOfKind, type Network, readersOf } from "./network.ts";
import { HEAD } from "./networks.ts";

/** How a window goes over its input; `padding` zeros stand before the first row and column. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

interface Fused {
  /** Names of the layers' results that it takes and gives. */
  readonly input: string;
  readonly output: string;
  readonly window: Window;
  /** Side of its square result. */
  readonly side: number;
}

/** A convolution or dense layer, with what stands directly before and after it. */
export interface FusedConvolution extends Fused {
  readonly kind: "convolution";
  /** The layer whose kernel and bias it has. */
  readonly layer: LayerOfKind<"conv" | "dense">;
  /** A batch-norm and ReLU that its input goes through; `pooled`: and then the mean of 2 x 2 pixels. */
  readonly before?: { readonly batchNorm: LayerOfKind<"batchNorm">; readonly pooled: boolean };
  /** A result that is added to its own, before the ReLU. */
  readonly residual?: string;
  readonly relu: boolean;
}

/** ReLU by itself, after a batch-norm if there is one. */
export interface FusedAffine extends Fused {
  readonly kind: "affine";
  readonly batchNorm?: LayerOfKind<"batchNorm">;
}

export interface FusedPool extends Fused {
  readonly kind: "maximum" | "mean";
}

/** Layers that one loop over the pixels computes. */
export type FusedLayer = FusedConvolution | FusedAffine | FusedPool;

export interface FusedNetwork {
  readonly fused: readonly FusedLayer[];
  readonly concats: readonly LayerOfKind<"concat">[];
  /** Side of each result, by the name of the last layer that gives it. */
  readonly sides: ReadonlyMap<string, number>;
}

/** A network has a pattern that is not known here; TensorFlow computes it. */
export class UnknownPattern extends Error {}

const POINT: Window = { size: 1, stride: 1, padding: 0 };

/**
 * The layers of a network whose batch-norms are folded (foldLayers), in the same order, as few loops over pixels as can
 * be. A mean over 2 x 2 pixels moves before the 1 x 1 convolution that it follows: both are linear, and the convolution
 * then sees a quarter of the pixels.
 * @param size side of the square film
 * @throws UnknownPattern
 */
export function fuseLayers(network: Network, size: number): FusedNetwork {
  const readers = readersOf(network);
  const isAsked = new Set<string>([network.features, network.logits, HEAD.pool, HEAD.activation]);
  const sides = new Map<string, number>();
  const fused: FusedLayer[] = [];
  const concats: LayerOfKind<"concat">[] = [];
  const absorbed = new Set<string>();
  /** What zero padding and ReLUs with batch-norms before a convolution leave to the layer that they feed. */
  const padded = new Map<string, { readonly input: string; readonly padding: number }>();
  const prepared = new Map<string, { readonly input: string; readonly batchNorm: LayerOfKind<"batchNorm"> }>();

  /** The one layer of that kind which alone takes a result that nobody else asks for. */
  const next = <K extends Layer["kind"]>(name: string, kind: K): Extract<Layer, { kind: K }> | undefined => {
    const [reader, ...others] = readers.get(name)!;
    const isAlone = reader?.kind === kind && others.length === 0 && !isAsked.has(name);
    return isAlone ? (reader as Extract<Layer, { kind: K }>) : undefined;
  };
  const add = (layer: FusedLayer): void => {
    fused.push(layer);
    sides.set(layer.output, layer.side);
  };
  const windowOf = (layer: LayerOfKind<"conv" | "maxPool" | "averagePool">) => {
    const { input, padding } = padded.get(layer.inputs[0]!) ?? { input: layer.inputs[0]!, padding: 0 };
    const side = sides.get(input);
    if (side === undefined) throw new UnknownPattern(`${layer.name} comes before its input`);
    const { size, stride } = layer.settings;
    if (layer.settings.padding === "valid") {
      const window = { size, stride, padding };
      return { input, window, side: Math.floor((side + 2 * padding - size) / stride) + 1 };
    }
    const out = Math.ceil(side / stride);
    const around = Math.max((out - 1) * stride + size - side, 0);
    if (padding > 0 || (around > 0 && layer.kind !== "conv")) throw new UnknownPattern(`${layer.name}: its padding`);
    return { input, window: { size, stride, padding: Math.floor(around / 2) }, side: out };
  };

  const convolution = (layer: LayerOfKind<"conv">): void => {
    const before = prepared.get(layer.inputs[0]!);
    if (before !== undefined) {
      const pool = poolAfter(next(layer.name, "averagePool"));
      const side = sides.get(before.input)!;
      add({
        ...{ kind: "convolution", layer, input: before.input, output: pool?.name ?? layer.name, relu: false },
        before: { batchNorm: before.batchNorm, pooled: pool !== undefined },
        ...(pool === undefined
          ? { window: POINT, side, ...reluAfter(layer.name) }
          : { window: { size: 2, stride: 2, padding: 0 }, side: Math.floor(side / 2) }),
      });
      return;
    }
    const addition = next(layer.name, "add");
    const residual = addition?.inputs.find((name) => name !== layer.name);
    const adds = residual !== undefined && sides.has(residual);
    if (adds) absorbed.add(addition!.name);
    const last = adds ? addition!.name : layer.name;
    add({ kind: "convolution", layer, ...windowOf(layer), ...(adds && { residual }), ...reluAfter(last) });
  };
  const reluAfter = (name: string) => {
    const relu = next(name, "relu");
    if (relu !== undefined) absorbed.add(relu.name);
    return { output: relu?.name ?? name, relu: relu !== undefined };
  };
  const poolAfter = (pool: LayerOfKind<"averagePool"> | undefined) => {
    const halves = pool?.settings.size === 2 && pool.settings.stride === 2 && pool.settings.padding === "valid";
    if (!halves) return undefined;
    absorbed.add(pool!.name);
    return pool;
  };
  const pool =
    (kind: FusedPool["kind"]) =>
    (layer: LayerOfKind<"maxPool" | "averagePool">): void =>
      add({ kind, output: layer.name, ...windowOf(layer) });

  const SEE: { [K in Layer["kind"]]: (layer: Extract<Layer, { kind: K }>) => void } = {
    input: ({ name }) => sides.set(name, size),
    zeroPad: ({ name, inputs, settings: { rows, columns } }) => {
      const [padding] = rows;
      const isEven = [...rows, ...columns].every((side) => side === padding);
      if (!isEven || (next(name, "conv") ?? next(name, "maxPool")) === undefined) throw new UnknownPattern(name);
      padded.set(name, { input: inputs[0]!, padding });
    },
    conv: convolution,
    batchNorm: (layer) => {
      const relu = next(layer.name, "relu");
      if (relu === undefined) throw new UnknownPattern(`${layer.name} without a ReLU`);
      absorbed.add(relu.name);
      const input = layer.inputs[0]!;
      const conv = next(relu.name, "conv");
      if (conv?.settings.size === 1 && conv.settings.stride === 1) {
        prepared.set(relu.name, { input, batchNorm: layer });
      } else {
        add({ kind: "affine", batchNorm: layer, input, output: relu.name, window: POINT, side: sides.get(input)! });
      }
    },
    relu: ({ name, inputs: [input] }) =>
      add({ kind: "affine", input: input!, output: name, window: POINT, side: sides.get(input!)! }),
    maxPool: pool("maximum"),
    averagePool: pool("mean"),
    concat: (layer) => {
      concats.push(layer);
      sides.set(layer.name, sides.get(layer.inputs[0]!)!);
    },
    add: ({ name }) => {
      throw new UnknownPattern(`${name}: a sum that follows no convolution`);
    },
    globalAveragePool: ({ name, inputs: [input] }) => {
      const size = sides.get(input!)!;
      add({ kind: "mean", input: input!, output: name, window: { size, stride: size, padding: 0 }, side: 1 });
    },
    dense: (layer) =>
      add({ kind: "convolution", layer, input: layer.inputs[0]!, window: POINT, side: 1, ...reluAfter(layer.name) }),
  };

  for (const layer of network.layers) if (!absorbed.has(layer.name)) SEE[layer.kind](layer as never);
  return { fused, concats, sides };
}
