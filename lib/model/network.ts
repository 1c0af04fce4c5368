import type { Padding } from "../engine/graph/operations.ts";

/** What each kind of layer is told besides its inputs; a square window has one size. */
interface LayerSettings {
  input: Record<never, never>;
  zeroPad: { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] };
  conv: { readonly size: number; readonly stride: number; readonly padding: Padding; readonly bias: boolean };
  batchNorm: { readonly epsilon: number; readonly momentum: number };
  relu: Record<never, never>;
  maxPool: { readonly size: number; readonly stride: number; readonly padding: Padding };
  averagePool: { readonly size: number; readonly stride: number; readonly padding: Padding };
  concat: Record<never, never>;
  add: Record<never, never>;
  globalAveragePool: Record<never, never>;
  dense: Record<never, never>;
}

export type LayerKind = keyof LayerSettings;

interface LayerOf<K extends LayerKind> {
  readonly kind: K;
  /** Unique; Keras's name of the layer where Keras has the network. */
  readonly name: string;
  readonly inputs: readonly string[];
  /** Channels of the result. */
  readonly channels: number;
  readonly settings: LayerSettings[K];
}

export type Layer = { [K in LayerKind]: LayerOf<K> }[LayerKind];

/** A layer of one kind. */
export type LayerOfKind<K extends LayerKind> = LayerOf<K>;

/**
 * A network as data: layers in an order in which each comes after its inputs. What it computes, what it learns and
 * how it is written as a graph are all read from this one description.
 */
export interface Network {
  readonly layers: readonly Layer[];
  /** The layer whose activation Grad-CAM explains and global average pooling condenses. */
  readonly features: string;
  /** The layer whose result is the logits. */
  readonly logits: string;
  /** Names of the layers before the head, which a frozen backbone does not train. */
  readonly backbone: ReadonlySet<string>;
}

/** The layers that take a layer's result, by that layer's name. */
export function readersOf({ layers }: Network): ReadonlyMap<string, readonly Layer[]> {
  const readers = new Map<string, Layer[]>(layers.map(({ name }) => [name, []]));
  for (const layer of layers) for (const name of layer.inputs) readers.get(name)?.push(layer);
  return readers;
}

/** A layer as the builder hands it on. */
export interface LayerRef {
  readonly name: string;
  readonly channels: number;
}

export const INPUT = "input";

export type Builder = ReturnType<typeof networkBuilder>;

/** Adds layers one after another; every method returns the layer it added. */
export function networkBuilder() {
  const layers: Layer[] = [];

  const append = <K extends LayerKind>(
    kind: K,
    name: string,
    inputs: readonly LayerRef[],
    channels: number,
    settings: LayerSettings[K],
  ): LayerRef => {
    if (layers.some((layer) => layer.name === name)) throw new Error(`network: two layers are named ${name}`);
    layers.push({ kind, name, inputs: inputs.map((input) => input.name), channels, settings } as Layer);
    return { name, channels };
  };

  return {
    layers: layers as readonly Layer[],
    input: (channels: number) => append("input", INPUT, [], channels, {}),
    zeroPad: (name: string, x: LayerRef, pad: number) =>
      append("zeroPad", name, [x], x.channels, { rows: [pad, pad], columns: [pad, pad] }),
    conv: (name: string, x: LayerRef, filters: number, size: number, options: Partial<LayerSettings["conv"]> = {}) =>
      append("conv", name, [x], filters, { size, stride: 1, padding: "same", bias: false, ...options }),
    batchNorm: (name: string, x: LayerRef, settings: LayerSettings["batchNorm"]) =>
      append("batchNorm", name, [x], x.channels, settings),
    relu: (name: string, x: LayerRef) => append("relu", name, [x], x.channels, {}),
    maxPool: (name: string, x: LayerRef, size: number, stride: number, padding: Padding = "valid") =>
      append("maxPool", name, [x], x.channels, { size, stride, padding }),
    averagePool: (name: string, x: LayerRef, size: number, stride: number, padding: Padding = "valid") =>
      append("averagePool", name, [x], x.channels, { size, stride, padding }),
    concat: (name: string, parts: readonly LayerRef[]) =>
      append(
        "concat",
        name,
        parts,
        parts.reduce((sum, part) => sum + part.channels, 0),
        {},
      ),
    add: (name: string, a: LayerRef, b: LayerRef) => append("add", name, [a, b], a.channels, {}),
    globalAveragePool: (name: string, x: LayerRef) => append("globalAveragePool", name, [x], x.channels, {}),
    /** With a bias. */
    dense: (name: string, x: LayerRef, units: number) => append("dense", name, [x], units, {}),
  };
}

/** A backbone: from an image to its last feature grid. */
export type Backbone = (builder: Builder, image: LayerRef) => LayerRef;
