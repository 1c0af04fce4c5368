import { availableParallelism } from "node:os";
import { EngineEnvironment, type Kernels, parseEnvironment } from "../contracts/environment.ts";
import { ownAddon } from "./own-addon.ts";

/** Pixels stand in blocks of so many channels. */
export const BLOCK = 16;

/**
 * Where activations stand: [blocks][rows + 2 border][columns + 2 border][width], zero at the border. The first buffer of a
 * program is the picture, one block of `width` channels; all others have a width of BLOCK.
 */
export interface BufferShape {
  readonly blocks: number;
  readonly rows: number;
  readonly columns: number;
  readonly border: number;
  readonly width: number;
}

/** Some blocks of a buffer. */
export interface View {
  readonly buffer: number;
  readonly block: number;
  readonly blocks: number;
}

/** Numbers in lib/setup/native/program.h. */
export const STEP_KINDS = { convolution: 0, affine: 1, maximum: 2, mean: 3 } as const;

/** A step of a program; parameters are given by where they begin. */
export interface ProgramStep {
  readonly kind: keyof typeof STEP_KINDS;
  readonly input: View;
  readonly output: View;
  /** Of a square window; `padding` is how far the first one reaches into the border. */
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  /** [size][size][channels of the input's blocks][of the output's], and [of the output's]. */
  readonly kernel?: number;
  readonly bias?: number;
  /**
   * [channels of the input's blocks] each: the input times scale plus shift, at least 0. A convolution with them is
   * 1 x 1; `pooled`, it sees the mean of 2 x 2 such pixels.
   */
  readonly scale?: number;
  readonly shift?: number;
  /** A view of the output's extent, added before the ReLU. */
  readonly residual?: View;
  readonly relu?: boolean;
  readonly pooled?: boolean;
}

/** A network as the addon computes it, for one film at a time. */
export interface NetworkProgram {
  readonly buffers: readonly BufferShape[];
  readonly steps: readonly ProgramStep[];
  readonly parameters: Float32Array;
  /** Of each channel of the picture: grey value times scale plus offset. */
  readonly scale: Float32Array;
  readonly offset: Float32Array;
  readonly features: View;
  /** What Grad-CAM is made of (lib/model/grad-cam.ts). */
  readonly explained: {
    readonly activation: View;
    readonly hidden: View;
    readonly logits: View;
    /** [channels of the activation's blocks][of hidden's], [of hidden's][of the logits']. */
    readonly hiddenKernel: number;
    readonly logitsKernel: number;
  };
}

/** What a network answers for each film, channels of whole blocks: `[films][channels]`, maps `[films][channels][rows][columns]`. */
export interface NetworkAnswer {
  readonly logits: Float32Array;
  readonly features: Float32Array;
  readonly maps: Float32Array | null;
}

/** A program that is ready to run. Calls block their thread while a team of threads computes. */
export interface Network {
  /** @param grey films x rows x columns of the picture */
  run(grey: Uint8Array, options: { readonly maps: boolean }): NetworkAnswer;
  close(): void;
}

export interface NetworkOptions {
  /** All that this process may use when left out. */
  readonly threads?: number;
  /** The kind of processor to compute as; bestKernels() when left out. */
  readonly kernels?: Kernels;
}

type Handle = { readonly handle: unique symbol };

/** lib/setup/native/network-addon.cc. All throw a RangeError where sizes and arrays do not fit each other. */
interface NetworkAddon {
  bestKernels(): Kernels;
  openNetwork(
    buffers: Int32Array,
    steps: Int32Array,
    ends: Int32Array,
    parameters: Float32Array,
    scale: Float32Array,
    offset: Float32Array,
    threads: number,
    kernels: Kernels,
  ): Handle;
  runNetwork(
    network: Handle,
    grey: Uint8Array,
    logits: Float32Array,
    features: Float32Array,
    maps: Float32Array | null,
  ): void;
  closeNetwork(network: Handle): void;
}

const networkAddon = ownAddon<NetworkAddon>("network");

/** Those that HILUM_KERNELS names, else the fastest that this processor has. @throws InputError `engine-missing`, `environment` */
export const bestKernels = (): Kernels =>
  parseEnvironment(EngineEnvironment).HILUM_KERNELS ?? networkAddon().bestKernels();

/** @throws InputError `engine-missing`; RangeError where a step leaves its buffers, or this processor lacks the kernels */
export function openNetwork(program: NetworkProgram, { threads, kernels }: NetworkOptions = {}): Network {
  const addon = networkAddon();
  const { features, explained } = program;
  const handle = addon.openNetwork(
    Int32Array.from(program.buffers.flatMap((b) => [b.blocks, b.rows, b.columns, b.border, b.width])),
    Int32Array.from(program.steps.flatMap(encodeStep)),
    Int32Array.from([
      ...[features, explained.activation, explained.hidden, explained.logits].flatMap(encodeView),
      ...[explained.hiddenKernel, explained.logitsKernel],
    ]),
    program.parameters,
    program.scale,
    program.offset,
    threads ?? availableParallelism(),
    kernels ?? bestKernels(),
  );
  const [picture] = program.buffers;
  const grid = program.buffers[explained.activation.buffer]!;
  const values = (films: number, { blocks }: View, places = 1) => new Float32Array(films * blocks * BLOCK * places);
  return {
    run(grey, { maps }) {
      const films = grey.length / (picture!.rows * picture!.columns);
      const answer: NetworkAnswer = {
        logits: values(films, explained.logits),
        features: values(films, features),
        maps: maps ? values(films, explained.logits, grid.rows * grid.columns) : null,
      };
      addon.runNetwork(handle, grey, answer.logits, answer.features, answer.maps);
      return answer;
    },
    close: () => addon.closeNetwork(handle),
  };
}

const NONE = -1;

const encodeView = ({ buffer, block, blocks }: View): number[] => [buffer, block, blocks];

/** The fields of `Step` in lib/setup/native/program.h, in their order. */
const encodeStep = (step: ProgramStep): number[] => [
  STEP_KINDS[step.kind],
  ...encodeView(step.input),
  ...encodeView(step.output),
  ...[step.size, step.stride, step.padding],
  ...[step.kernel, step.bias, step.scale, step.shift].map((offset) => offset ?? NONE),
  ...[step.residual?.buffer ?? NONE, step.residual?.block ?? NONE],
  ...[step.relu, step.pooled].map((is) => (is === true ? 1 : 0)),
];
