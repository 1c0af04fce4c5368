import { BLOCK, type NetworkProgram, type ProgramStep } from "../engine/network-addon.ts";
import { type Place, placeActivations } from "./activation-places.ts";
import { foldLayers } from "./fold-batch-norm.ts";
import { type FusedConvolution, fuseLayers, UnknownPattern } from "./fused-layers.ts";
import type { LayerOfKind, Network } from "./network.ts";
import { HEAD } from "./networks.ts";
import { parametersOf } from "./parameters.ts";
import type { Weights } from "./weights.ts";

/** The channels of an answer, out of those of whole blocks. */
export interface AnswerChannels {
  /** @param placed [films][channels of the blocks][values] @returns [films][channels][values] */
  of(placed: Float32Array, values?: number): Float32Array;
}

/** A network as our own kernels compute it, and how to read its answers. */
export interface PlacedProgram {
  readonly program: NetworkProgram;
  /** Of logits, and of their maps. */
  readonly logits: AnswerChannels;
  readonly features: AnswerChannels;
  /** Rows of the activation that is explained; as many columns. */
  readonly grid: number;
}

/** A channel of the network's input is the grey value times `scale` plus `offset`. */
export interface Picture {
  /** Side of the square film in pixels. */
  readonly size: number;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/**
 * A network with our head for lib/engine/network-addon.ts.
 * @param weights with batch-norms folded as far as they can be (foldBatchNorm)
 * @throws UnknownPattern where only TensorFlow computes the network, or a weight is missing, of another size or not finite
 */
export function networkProgram(described: Network, picture: Picture, weights: Weights): PlacedProgram {
  const network = foldLayers(described);
  for (const { name, size } of parametersOf(network)) {
    const values = weights.get(name)?.data;
    if (values?.length !== size) throw new UnknownPattern(`weight ${name} is missing or another`);
    // A ReLU of these kernels makes 0 of NaN, which TensorFlow's hands on.
    if (!areFinite(values)) throw new UnknownPattern(`weight ${name} is not finite`);
  }
  const fused = fuseLayers(network, picture.size);
  const channels = new Map(network.layers.map((layer) => [layer.name, layer.channels]));
  const kept = [network.features, network.logits, HEAD.pool, HEAD.activation];
  const { buffers, placeOf } = placeActivations(fused, channels, kept);
  const parameters = parameterList();

  const kernels = new Map<string, number>();
  const convolution = (step: FusedConvolution) => {
    const [input, output] = [placeOf(step.input), placeOf(step.output)];
    const kernel = parameters.add(
      placedKernel(weights.get(`${step.layer.name}/kernel`)!.data, input, output, buffers[input.view.buffer]!.width),
    );
    kernels.set(step.layer.name, kernel);
    const bias = weights.get(`${step.layer.name}/bias`)?.data;
    return {
      kernel,
      ...(bias !== undefined && { bias: parameters.add(spread(bias, output)) }),
      ...(step.before !== undefined && affine(step.before.batchNorm, input)),
      ...(step.residual !== undefined && { residual: residual(step.residual) }),
      relu: step.relu,
      pooled: step.before?.pooled ?? false,
    };
  };
  const affine = (batchNorm: LayerOfKind<"batchNorm"> | undefined, input: Place) => {
    const { scale, shift } = affineOf(batchNorm, input.channels.length, weights);
    return { scale: parameters.add(spread(scale, input)), shift: parameters.add(spread(shift, input)) };
  };
  const residual = (name: string) => {
    const { view, channels } = placeOf(name);
    if (channels.at(-1) !== channels.length - 1) throw new UnknownPattern(`${name}: a sum with a concatenation`);
    return view;
  };
  const steps = fused.fused.map((step): ProgramStep => {
    const common = {
      kind: step.kind,
      input: placeOf(step.input).view,
      output: placeOf(step.output).view,
      ...step.window,
    };
    if (step.kind === "convolution") return { ...common, ...convolution(step) };
    return step.kind === "affine" ? { ...common, ...affine(step.batchNorm, placeOf(step.input)) } : common;
  });

  return {
    program: {
      ...{ buffers, steps, parameters: parameters.joined(), scale: picture.scale, offset: picture.offset },
      features: placeOf(HEAD.pool).view,
      explained: {
        activation: placeOf(network.features).view,
        hidden: placeOf(HEAD.activation).view,
        logits: placeOf(network.logits).view,
        hiddenKernel: kernels.get(HEAD.hidden)!,
        logitsKernel: kernels.get(HEAD.logits)!,
      },
    },
    logits: channelsAt(placeOf(network.logits)),
    features: channelsAt(placeOf(HEAD.pool)),
    grid: fused.sides.get(network.features)!,
  };
}

const channelsAt = ({ view, channels }: Place): AnswerChannels => ({
  of(placed, values = 1) {
    const width = view.blocks * BLOCK;
    const films = placed.length / width / values;
    const taken = new Float32Array(films * channels.length * values);
    for (let film = 0; film < films; film += 1) {
      channels.forEach((place, i) => {
        const from = (film * width + place) * values;
        taken.set(placed.subarray(from, from + values), (film * channels.length + i) * values);
      });
    }
    return taken;
  },
});

function areFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i += 1) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Values of channels, each where its channel stands. */
function spread(values: Float32Array, { view, channels }: Place): Float32Array {
  const placed = new Float32Array(view.blocks * BLOCK);
  channels.forEach((place, i) => {
    placed[place] = values[i]!;
  });
  return placed;
}

/** A kernel [..., channels in, channels out] over the channels of whole blocks; `width` is that of the input's buffer. */
function placedKernel(kernel: Float32Array, input: Place, output: Place, width: number): Float32Array {
  const [ins, outs] = [input.channels, output.channels];
  const [placedIns, placedOuts] = [input.view.blocks * width, output.view.blocks * BLOCK];
  if (ins.length === placedIns && outs.length === placedOuts) return kernel;
  const cells = kernel.length / ins.length / outs.length;
  const placed = new Float32Array(cells * placedIns * placedOuts);
  for (let cell = 0; cell < cells; cell += 1) {
    for (let i = 0; i < ins.length; i += 1) {
      const from = (cell * ins.length + i) * outs.length;
      const to = (cell * placedIns + ins[i]!) * placedOuts;
      for (let o = 0; o < outs.length; o += 1) placed[to + outs[o]!] = kernel[from + o]!;
    }
  }
  return placed;
}

/** A batch-norm with running statistics as scale and shift; without one, 1 and 0. */
function affineOf(batchNorm: LayerOfKind<"batchNorm"> | undefined, channels: number, weights: Weights) {
  if (batchNorm === undefined) return { scale: new Float32Array(channels).fill(1), shift: new Float32Array(channels) };
  const of = (variable: string) => weights.get(`${batchNorm.name}/${variable}`)!.data;
  const [gamma, beta, mean, variance] = [of("gamma"), of("beta"), of("moving_mean"), of("moving_variance")];
  const scale = gamma.map((value, i) => value / Math.sqrt(variance[i]! + batchNorm.settings.epsilon));
  return { scale, shift: beta.map((value, i) => value - mean[i]! * scale[i]!) };
}

function parameterList() {
  const pieces: Float32Array[] = [];
  let length = 0;
  return {
    add(values: Float32Array): number {
      pieces.push(values);
      length += values.length;
      return length - values.length;
    },
    joined(): Float32Array {
      const all = new Float32Array(length);
      let at = 0;
      for (const piece of pieces) {
        all.set(piece, at);
        at += piece.length;
      }
      return all;
    },
  };
}
