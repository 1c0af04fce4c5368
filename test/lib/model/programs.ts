import { BLOCK, type NetworkProgram } from "../../../lib/engine/network-addon.ts";

/** A program without steps: a picture of one pixel, and zeros for all that is asked. */
export function emptyProgram(changes: Partial<NetworkProgram> = {}): NetworkProgram {
  const view = { buffer: 1, block: 0, blocks: 1 };
  return {
    buffers: [
      { blocks: 1, rows: 1, columns: 1, border: 0, width: 1 },
      { blocks: 1, rows: 1, columns: 1, border: 0, width: BLOCK },
    ],
    steps: [],
    parameters: new Float32Array(BLOCK * BLOCK),
    scale: Float32Array.of(1),
    offset: Float32Array.of(0),
    features: view,
    explained: { activation: view, hidden: view, logits: view, hiddenKernel: 0, logitsKernel: 0 },
    ...changes,
  };
}
