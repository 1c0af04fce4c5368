import { messages } from "./protobuf.ts";

/**
 * Operations of the graphs that lib/model/serving-graph.ts writes. TensorFlow runs whatever stands in a `saved_model.pb`, and
 * it has operations that read and write files; none of these does, or calls a function.
 */
export const SERVING_OPERATIONS: ReadonlySet<string> = new Set([
  "AddN",
  "AddV2",
  "AvgPool",
  "BatchMatMulV2",
  "BiasAdd",
  "Cast",
  "ConcatV2",
  "Const",
  "Conv2D",
  "FusedBatchNormV3",
  "Greater",
  "Identity",
  "MatMul",
  "MaxPool",
  "Mean",
  "Mul",
  "Pad",
  "Placeholder",
  "Relu",
  "Reshape",
  "Sigmoid",
  "Transpose",
]);

/** What else stands in a graph: operations by their names, each once, and `a function library` where it has one. */
export function foreignOperations(savedModel: Uint8Array): string[] {
  const graphs = messages().SavedModel.deserializeBinary(savedModel).getMetaGraphsList();
  const found = graphs.flatMap((graph) => [
    ...graph
      .getGraphDef()
      .getNodeList()
      .map((node) => node.getOp()),
    ...(graph.getGraphDef().hasLibrary() ? ["a function library"] : []),
  ]);
  return [...new Set(found)].filter((name) => !SERVING_OPERATIONS.has(name)).sort();
}
