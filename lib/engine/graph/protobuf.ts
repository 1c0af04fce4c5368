import { protobufModule } from "../tensorflow.ts";

/** A protobuf map field. */
interface MapField<T> {
  set(key: string, value: T): void;
}

/** The setters of the generated classes that the graph writer uses. */
export interface NodeMessage {
  setName(name: string): void;
  setOp(op: string): void;
  addInput(input: string): void;
  getAttrMap(): MapField<AttributeMessage>;
}

export interface AttributeMessage {
  setType(type: number): void;
  setI(value: number): void;
  setF(value: number): void;
  setB(value: boolean): void;
  setS(value: Uint8Array): void;
  setShape(shape: ShapeMessage): void;
  setTensor(tensor: TensorMessage): void;
  setList(list: { setIList(values: readonly number[]): void; setTypeList(values: readonly number[]): void }): void;
}

interface DimensionMessage {
  setSize(size: number): void;
}

export interface ShapeMessage {
  addDim(dimension: DimensionMessage): void;
}

export interface TensorMessage {
  setDtype(type: number): void;
  setTensorShape(shape: ShapeMessage): void;
  setTensorContent(bytes: Uint8Array): void;
}

export interface TensorInfoMessage {
  setName(name: string): void;
  setDtype(type: number): void;
  setTensorShape(shape: ShapeMessage): void;
}

export interface SignatureMessage {
  getInputsMap(): MapField<TensorInfoMessage>;
  getOutputsMap(): MapField<TensorInfoMessage>;
  setMethodName(name: string): void;
}

interface VersionsMessage {
  setProducer(version: number): void;
}

interface GraphMessage {
  addNode(node: NodeMessage): void;
  setVersions(versions: VersionsMessage): void;
}

interface MetaInfoMessage {
  addTags(tag: string): void;
  setTensorflowVersion(version: string): void;
}

interface MetaGraphMessage {
  setMetaInfoDef(info: MetaInfoMessage): void;
  setGraphDef(graph: GraphMessage): void;
  getSignatureDefMap(): MapField<SignatureMessage>;
}

interface SavedModelMessage {
  setSavedModelSchemaVersion(version: number): void;
  addMetaGraphs(metaGraph: MetaGraphMessage): void;
  serializeBinary(): Uint8Array;
}

/** TensorFlow's messages by their protobuf names (tensorflow/core/protobuf/saved_model.proto and what it imports). */
interface Messages {
  NodeDef: new () => NodeMessage;
  AttrValue: (new () => AttributeMessage) & {
    ListValue: new () => Parameters<AttributeMessage["setList"]>[0];
  };
  TensorShape: (new () => ShapeMessage) & { Dim: new () => DimensionMessage };
  Tensor: new () => TensorMessage;
  TensorInfo: new () => TensorInfoMessage;
  SignatureDef: new () => SignatureMessage;
  VersionDef: new () => VersionsMessage;
  GraphDef: new () => GraphMessage;
  MetaGraphDef: (new () => MetaGraphMessage) & { MetaInfoDef: new () => MetaInfoMessage };
  SavedModel: new () => SavedModelMessage;
}

export const messages = (): Messages => protobufModule() as Messages;
