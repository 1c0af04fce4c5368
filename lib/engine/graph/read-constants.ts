import { messages } from "./protobuf.ts";
import { DTYPES } from "./types.ts";

/** A constant of a graph, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Every float32 constant of a `saved_model.pb`, by its operation's name; those alone whose values stand there as bytes, as
 * lib/engine/graph/saved-model-bytes.ts writes them. Needs no TensorFlow.
 */
export function readConstants(savedModel: Uint8Array): ReadonlyMap<string, Constant> {
  const [graph] = messages().SavedModel.deserializeBinary(savedModel).getMetaGraphsList();
  const constants = new Map<string, Constant>();
  for (const node of graph?.getGraphDef().getNodeList() ?? []) {
    const tensor = node.getOp() === "Const" ? node.getAttrMap().get("value")?.getTensor() : undefined;
    if (tensor?.getDtype() !== DTYPES.float32) continue;
    const dimensions = tensor.getTensorShape().getDimList();
    const shape = dimensions.map((dimension) => dimension.getSize());
    // A copy begins where a float may.
    const bytes = tensor.getTensorContent_asU8().slice();
    constants.set(node.getName(), { shape, data: new Float32Array(bytes.buffer, 0, bytes.length / 4) });
  }
  return constants;
}
