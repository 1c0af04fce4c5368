import { BLOCK, type BufferShape, type View } from "../engine/network-addon.ts";
import { type FusedNetwork, UnknownPattern } from "./fused-layers.ts";
import { INPUT } from "./network.ts";

/** Where a layer's result stands. */
export interface Place {
  readonly view: View;
  /** Of each of its channels, counted from the view's first; the others of its blocks are zero. */
  readonly channels: Int32Array;
}

export interface Places {
  readonly buffers: readonly BufferShape[];
  /** By the name of the layer that gives the result. */
  readonly placeOf: (name: string) => Place;
}

/** A result, or part of one: blocks of the result that it stands in. */
interface Slot {
  readonly root: string;
  readonly block: number;
  readonly channels: Int32Array;
}

/**
 * Buffers for all results. A concatenation copies nothing: its parts are written where it stands. A buffer serves again
 * once nobody reads its result any more, except for `kept` ones.
 * @param channels of each layer's result
 * @throws UnknownPattern where a result would have to stand in two concatenations
 */
export function placeActivations(
  network: FusedNetwork,
  channels: ReadonlyMap<string, number>,
  kept: readonly string[],
): Places {
  const slots = slotsOf(network, channels);
  const rootOf = (name: string) => slots.get(name)!.root;
  const borders = bordersOf(network, rootOf);
  const lastReads = lastReadsOf(network, rootOf, kept);

  const size = network.sides.get(INPUT)!;
  const buffers: BufferShape[] = [
    { blocks: 1, rows: size, columns: size, border: borders.get(INPUT) ?? 0, width: channels.get(INPUT)! },
  ];
  const bufferOf = new Map<string, number>([[INPUT, 0]]);
  const free: number[] = [];
  network.fused.forEach(({ output }, step) => {
    const root = rootOf(output);
    if (!bufferOf.has(root)) bufferOf.set(root, takeBuffer(root));
    for (const [name, last] of lastReads) if (last === step && name !== INPUT) free.push(bufferOf.get(name)!);
  });

  function takeBuffer(root: string): number {
    const side = network.sides.get(root)!;
    const blocks = blocksOf(slots.get(root)!.channels);
    const shape = { blocks, rows: side, columns: side, border: borders.get(root) ?? 0, width: BLOCK };
    const same = free.findIndex((i) => sameShape(buffers[i]!, shape));
    if (same >= 0) return free.splice(same, 1)[0]!;
    return buffers.push(shape) - 1;
  }

  return {
    buffers,
    placeOf(name) {
      const { root, block, channels: own } = slots.get(name)!;
      const blocks = name === INPUT ? 1 : blocksOf(own);
      return { view: { buffer: bufferOf.get(root)!, block, blocks }, channels: own };
    },
  };
}

/** Blocks that a result's channels take. */
const blocksOf = (channels: Int32Array): number => Math.floor(channels.at(-1)! / BLOCK) + 1;

const sameShape = (a: BufferShape, b: BufferShape): boolean =>
  a.blocks === b.blocks && a.rows === b.rows && a.border === b.border;

/** Each result's place within the concatenation that it ends in, or in itself. */
function slotsOf({ fused, concats }: FusedNetwork, channels: ReadonlyMap<string, number>): Map<string, Slot> {
  // What a step gives has its channels in a row, unless it gives its input's blocks as they are.
  const own = new Map<string, Int32Array>([[INPUT, row(channels.get(INPUT)!)]]);
  const slots = new Map<string, Slot>();
  const parts = new Map(concats.map((concat) => [concat.name, concat.inputs]));
  const channelsOf = (name: string): Int32Array => {
    const known = own.get(name);
    if (known !== undefined) return known;
    const joined: number[] = [];
    let block = 0;
    for (const part of parts.get(name)!) {
      const inner = channelsOf(part);
      joined.push(...inner.map((place) => block * BLOCK + place));
      block += blocksOf(inner);
    }
    const places = Int32Array.from(joined);
    own.set(name, places);
    return places;
  };
  for (const step of fused) {
    own.set(step.output, step.kind === "convolution" ? row(channels.get(step.output)!) : channelsOf(step.input));
  }

  const place = (name: string, root: string, block: number): void => {
    if (slots.has(name)) throw new UnknownPattern(`${name} stands in two concatenations`);
    slots.set(name, { root, block, channels: channelsOf(name) });
    let at = block;
    for (const part of parts.get(name) ?? []) {
      place(part, root, at);
      at += blocksOf(channelsOf(part));
    }
  };
  // Later concatenations contain earlier ones.
  for (const { name } of [...concats].reverse()) if (!slots.has(name)) place(name, name, 0);
  for (const name of [INPUT, ...fused.map(({ output }) => output)]) if (!slots.has(name)) place(name, name, 0);
  return slots;
}

const row = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);

/** How far windows reach out of each buffer. */
function bordersOf({ fused, sides }: FusedNetwork, rootOf: (name: string) => string): Map<string, number> {
  const borders = new Map<string, number>();
  for (const { input, window, side } of fused) {
    const { size, stride, padding } = window;
    const after = (side - 1) * stride - padding + size - sides.get(input)!;
    const root = rootOf(input);
    borders.set(root, Math.max(borders.get(root) ?? 0, padding, after));
  }
  return borders;
}

/** The last step that reads each buffer; those of kept results are read after all steps. */
function lastReadsOf(
  { fused }: FusedNetwork,
  rootOf: (name: string) => string,
  kept: readonly string[],
): Map<string, number> {
  const last = new Map<string, number>();
  fused.forEach((step, i) => {
    last.set(rootOf(step.input), i);
    if (step.kind === "convolution" && step.residual !== undefined) last.set(rootOf(step.residual), i);
  });
  for (const name of kept) last.set(rootOf(name), fused.length);
  return last;
}
