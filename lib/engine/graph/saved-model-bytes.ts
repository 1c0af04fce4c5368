import type { Graph, Operation, Output, Signature } from "./graph.ts";
import { tensorName } from "./graph.ts";
import {
  type AttributeMessage,
  messages,
  type NodeMessage,
  type ShapeMessage,
  type SignatureMessage,
  type TensorInfoMessage,
} from "./protobuf.ts";
import { type Attribute, DTYPES, type Shape } from "./types.ts";

/** GraphDef version of TensorFlow 2.21 (core/public/release_version.h), whose operations the graphs are written for. */
const PRODUCER = 2474;

/** The tag under which a graph for serving stands in a SavedModel. */
export const SERVE_TAG = "serve";

/** Protobuf's limit for a message; a graph's constants must stay below it. */
const LARGEST_MESSAGE = 2 ** 31 - 1;

/** The file `saved_model.pb` of a SavedModel that holds this graph and no variables' files. */
export function savedModelBytes(graph: Graph): Uint8Array {
  const { SavedModel, MetaGraphDef, GraphDef, VersionDef } = messages();
  const versions = new VersionDef();
  versions.setProducer(PRODUCER);
  const graphDef = new GraphDef();
  graphDef.setVersions(versions);
  for (const operation of graph.operations) graphDef.addNode(nodeMessage(operation));

  const info = new MetaGraphDef.MetaInfoDef();
  info.addTags(SERVE_TAG);
  const metaGraph = new MetaGraphDef();
  metaGraph.setMetaInfoDef(info);
  metaGraph.setGraphDef(graphDef);
  for (const [name, signature] of graph.signatures) {
    metaGraph.getSignatureDefMap().set(name, signatureMessage(signature));
  }

  const savedModel = new SavedModel();
  savedModel.setSavedModelSchemaVersion(1);
  savedModel.addMetaGraphs(metaGraph);
  const bytes = savedModel.serializeBinary();
  if (bytes.length > LARGEST_MESSAGE) throw new RangeError(`graph of ${bytes.length} bytes: protobuf holds 2 GiB`);
  return bytes;
}

function nodeMessage(operation: Operation): NodeMessage {
  const node = new (messages().NodeDef)();
  node.setName(operation.name);
  node.setOp(operation.kind);
  for (const input of operation.inputs) node.addInput(tensorName(input));
  for (const before of operation.after) node.addInput(`^${before.name}`);
  for (const [name, attribute] of Object.entries(operation.attributes)) {
    node.getAttrMap().set(name, attributeMessage(attribute));
  }
  return node;
}

function attributeMessage(attribute: Attribute): AttributeMessage {
  const { AttrValue } = messages();
  const message = new AttrValue();
  if ("type" in attribute) message.setType(DTYPES[attribute.type]);
  else if ("int" in attribute) message.setI(attribute.int);
  else if ("float" in attribute) message.setF(attribute.float);
  else if ("bool" in attribute) message.setB(attribute.bool);
  else if ("string" in attribute) message.setS(new TextEncoder().encode(attribute.string));
  else if ("shape" in attribute) message.setShape(shapeMessage(attribute.shape));
  else if ("ints" in attribute) {
    const list = new AttrValue.ListValue();
    list.setIList(attribute.ints);
    message.setList(list);
  } else if ("types" in attribute) {
    const list = new AttrValue.ListValue();
    list.setTypeList(attribute.types.map((type) => DTYPES[type]));
    message.setList(list);
  } else {
    const tensor = new (messages().Tensor)();
    tensor.setDtype(DTYPES[attribute.tensor.dtype]);
    tensor.setTensorShape(shapeMessage(attribute.tensor.shape));
    tensor.setTensorContent(attribute.tensor.bytes);
    message.setTensor(tensor);
  }
  return message;
}

function shapeMessage(shape: Shape): ShapeMessage {
  const { TensorShape } = messages();
  const message = new TensorShape();
  for (const size of shape) {
    const dimension = new TensorShape.Dim();
    dimension.setSize(size ?? -1);
    message.addDim(dimension);
  }
  return message;
}

function signatureMessage(signature: Signature): SignatureMessage {
  const message = new (messages().SignatureDef)();
  for (const [name, input] of Object.entries(signature.inputs)) message.getInputsMap().set(name, tensorInfo(input));
  for (const [name, output] of Object.entries(signature.outputs)) message.getOutputsMap().set(name, tensorInfo(output));
  message.setMethodName("tensorflow/serving/predict");
  return message;
}

function tensorInfo(output: Output): TensorInfoMessage {
  const message = new (messages().TensorInfo)();
  message.setName(tensorName(output));
  message.setDtype(DTYPES[output.dtype]);
  message.setTensorShape(shapeMessage(output.shape));
  return message;
}
