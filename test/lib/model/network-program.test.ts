import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Graph } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { openNetwork } from "../../../lib/engine/network-addon.ts";
import { openGraph } from "../../../lib/engine/session.ts";
import { constantWeights } from "../../../lib/model/constant-weights.ts";
import { foldBatchNorm, foldLayers } from "../../../lib/model/fold-batch-norm.ts";
import { writeForward } from "../../../lib/model/forward.ts";
import { fuseLayers, UnknownPattern } from "../../../lib/model/fused-layers.ts";
import { type Builder, type LayerRef, type Network, networkBuilder } from "../../../lib/model/network.ts";
import { networkProgram } from "../../../lib/model/network-program.ts";
import { buildNetwork, HEAD } from "../../../lib/model/networks.ts";
import { relativeError } from "./eager-network.ts";
import { livedInWeights, sampleBatch } from "./samples.ts";

const NORM = { epsilon: 1e-3, momentum: 0.9 };
const SIZE = 19;
const FILMS = 2;

/** Pieces that networks of this kind are made of; `n` makes names of their own, `width` is a number of channels. */
const PIECES: Record<string, (net: Builder, x: LayerRef, n: string, width: number) => LayerRef> = {
  conv: (net, x, n, width) => net.conv(`${n}_conv`, x, width, 3, { bias: true }),
  "conv, batch-norm, ReLU": (net, x, n, width) =>
    net.relu(`${n}_relu`, net.batchNorm(`${n}_bn`, net.conv(`${n}_conv`, x, width, 3), NORM)),
  "wide conv": (net, x, n, width) => net.relu(`${n}_relu`, net.conv(`${n}_conv`, x, width, 5)),
  "even conv": (net, x, n, width) => net.conv(`${n}_conv`, x, width, 2),
  "stride of 2": (net, x, n, width) => net.conv(`${n}_conv`, x, width, 3, { stride: 2 }),
  "1 x 1, stride of 2": (net, x, n, width) => net.conv(`${n}_conv`, x, width, 1, { stride: 2, bias: true }),
  "padded conv": (net, x, n, width) =>
    net.conv(`${n}_conv`, net.zeroPad(`${n}_pad`, x, 2), width, 5, { padding: "valid" }),
  "batch-norm, ReLU, 1 x 1": (net, x, n, width) =>
    net.conv(`${n}_conv`, net.relu(`${n}_relu`, net.batchNorm(`${n}_bn`, x, NORM)), width, 1),
  "batch-norm, ReLU, 1 x 1 with bias, ReLU": (net, x, n, width) =>
    net.relu(
      `${n}_relu2`,
      net.conv(`${n}_conv`, net.relu(`${n}_relu`, net.batchNorm(`${n}_bn`, x, NORM)), width, 1, { bias: true }),
    ),
  "batch-norm, ReLU": (net, x, n) => net.relu(`${n}_relu`, net.batchNorm(`${n}_bn`, net.relu(`${n}_first`, x), NORM)),
  transition: (net, x, n, width) => {
    const conv = net.conv(`${n}_conv`, net.relu(`${n}_relu`, net.batchNorm(`${n}_bn`, x, NORM)), width, 1);
    return net.averagePool(`${n}_pool`, conv, 2, 2);
  },
  "maximum, padded": (net, x, n) =>
    net.maxPool(`${n}_pool`, net.zeroPad(`${n}_pad`, net.relu(`${n}_relu`, x), 1), 3, 2),
  maximum: (net, x, n) => net.maxPool(`${n}_pool`, x, 2, 2),
  mean: (net, x, n) => net.averagePool(`${n}_pool`, x, 3, 1),
  residual: (net, x, n) => {
    const conv = net.conv(`${n}_conv`, net.relu(`${n}_relu`, net.conv(`${n}_one`, x, 9, 1)), x.channels, 3);
    return net.relu(`${n}_out`, net.add(`${n}_add`, x, conv));
  },
  projection: (net, x, n, width) => {
    const narrow = net.relu(`${n}_relu`, net.conv(`${n}_1`, x, 5, 1, { stride: 2 }));
    const shortcut = net.batchNorm(`${n}_bn`, net.conv(`${n}_0`, x, width, 1, { stride: 2 }), NORM);
    return net.add(`${n}_add`, shortcut, net.conv(`${n}_2`, narrow, width, 3, { bias: true }));
  },
  concatenation: (net, x, n, width) => {
    const first = net.conv(`${n}_conv`, x, width, 3, { bias: true });
    const both = net.concat(`${n}_concat`, [net.relu(`${n}_again`, x), first]);
    return net.concat(`${n}_concat2`, [both, net.relu(`${n}_relu`, net.conv(`${n}_conv2`, both, width, 3))]);
  },
};

type Piece = { readonly name: string; readonly width: number };

function networkOf(pieces: readonly Piece[], channels: number): Network {
  const net = networkBuilder();
  const stem = net.conv("stem", net.input(channels), 20, 3, { bias: true });
  const features = pieces.reduce((x, { name, width }, i) => PIECES[name]!(net, x, `n${i}`, width), stem);
  const hidden = net.relu(HEAD.activation, net.dense(HEAD.hidden, net.globalAveragePool(HEAD.pool, features), 18));
  const logits = net.dense(HEAD.logits, hidden, 14);
  return { layers: net.layers, features: features.name, logits: logits.name, backbone: new Set() };
}

/** The network of the same weights in TensorFlow. */
function inTensorflow(network: Network, weights: ReturnType<typeof livedInWeights>, pixels: Uint8Array) {
  const graph = new Graph();
  const grey = op.placeholder(graph, "pixels", "uint8", [null, SIZE, SIZE]);
  const scale = op.constant(graph, PICTURE.scale);
  const offset = op.constant(graph, PICTURE.offset);
  const image = op.add(op.multiply(op.reshape(op.cast(grey, "float32"), [null, SIZE, SIZE, 1]), scale), offset);
  const { activations } = writeForward(network, image, { parameter: constantWeights(graph, weights) });
  const outputs = { logits: activations.get(network.logits)!, features: activations.get(HEAD.pool)! };
  graph.addSignature("run", { inputs: { pixels: grey }, outputs });
  const session = openGraph(graph);
  const { logits, features } = session.run("run", { pixels: { shape: [FILMS, SIZE, SIZE], values: pixels } });
  session.close();
  return { logits: logits!.values, features: features!.values };
}

/** The network's program, or undefined where it is left to TensorFlow. */
function programOf(network: Network, weights: ReturnType<typeof livedInWeights>) {
  try {
    return networkProgram(network, PICTURE, foldBatchNorm(network, weights).weights);
  } catch (error) {
    if (error instanceof UnknownPattern) return undefined;
    throw error;
  }
}

const PICTURE = { size: SIZE, scale: Float32Array.of(0.01, 0.02), offset: Float32Array.of(-1, 0.5) };

describe("a network as a program for our own kernels", () => {
  const piece = fc.record({
    name: fc.constantFrom(...Object.keys(PIECES)),
    width: fc.constantFrom(3, 14, 16, 17, 32, 40),
  });

  it("computes what TensorFlow computes, whatever it is put together from", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.nat(1000), (pieces, seed) => {
        const network = networkOf(pieces, 2);
        const weights = livedInWeights(network, seed);
        const { input: pixels } = sampleBatch(seed, FILMS, SIZE);
        const placed = programOf(network, weights);
        // TensorFlow's own, as the patterns below: some pieces make one where they meet.
        if (placed === undefined) return;
        const opened = openNetwork(placed.program, { threads: 2 });
        const found = opened.run(pixels, { maps: false });
        opened.close();
        const expected = inTensorflow(network, weights, pixels);
        expect(relativeError(placed.logits.of(found.logits), expected.logits)).toBeLessThan(5e-5);
        expect(relativeError(placed.features.of(found.features), expected.features)).toBeLessThan(5e-5);
        for (const { name } of pieces) seen.add(name);
      }),
      { numRuns: 60, examples: Object.keys(PIECES).map((name) => [[{ name, width: 17 }], 1]) },
    );
    expect(seen).toEqual(new Set(Object.keys(PIECES)));
  });

  it.each<[string, (net: Builder, x: LayerRef) => LayerRef]>([
    ["a batch-norm whose result is no ReLU's alone", (net, x) => net.batchNorm("bn", net.relu("relu", x), NORM)],
    ["a sum of two pools", (net, x) => net.add("add", net.maxPool("a", x, 2, 2), net.averagePool("b", x, 2, 2))],
    ["padding that nothing takes", (net, x) => net.relu("relu", net.zeroPad("pad", x, 1))],
    ["a pool that pads", (net, x) => net.maxPool("pool", x, 3, 2, "same")],
    [
      "a sum with a concatenation",
      (net, x) => {
        const both = net.concat("both", [net.relu("a", net.conv("c", x, 4, 1)), net.relu("b", net.conv("d", x, 4, 1))]);
        return net.relu("relu", net.add("add", both, net.conv("e", both, 8, 1)));
      },
    ],
    ["a result in two concatenations", (net, x) => net.concat("c", [net.concat("a", [x, x]), net.concat("b", [x])])],
  ])("leaves to TensorFlow %s", (_, build) => {
    const net = networkBuilder();
    const features = build(net, net.conv("stem", net.input(2), 4, 1));
    const hidden = net.relu(HEAD.activation, net.dense(HEAD.hidden, net.globalAveragePool(HEAD.pool, features), 3));
    const logits = net.dense(HEAD.logits, hidden, 14);
    const network = { layers: net.layers, features: features.name, logits: logits.name, backbone: new Set<string>() };
    const weights = foldBatchNorm(network, livedInWeights(network, 1)).weights;
    expect(() => networkProgram(network, PICTURE, weights)).toThrow(UnknownPattern);
  });

  it("has one loop for each convolution of DenseNet-121 and shares buffers", () => {
    const model = { network: "densenet121", channels: 3, headWidth: 1024 } as const;
    const network = buildNetwork(model);
    const { fused } = fuseLayers(foldLayers(network), 224);
    const convolutions = network.layers.filter(({ kind }) => kind === "conv" || kind === "dense").length;
    expect(fused.filter(({ kind }) => kind === "convolution")).toHaveLength(convolutions);
    // The stem's pool, the last batch-norm with its ReLU, and the mean over the grid.
    expect(fused).toHaveLength(convolutions + 3);
    const picture = { size: 224, scale: new Float32Array(3), offset: new Float32Array(3) };
    const { program } = networkProgram(network, picture, foldBatchNorm(network, livedInWeights(network, 1)).weights);
    const floats = program.buffers.reduce(
      (sum, { blocks, rows, border, width }) => sum + blocks * (rows + 2 * border) ** 2 * width,
      0,
    );
    expect(4 * floats).toBeLessThan(20e6);
  });
});
