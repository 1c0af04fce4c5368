import { protobufModule } from "../tensorflow.ts";

/** A protobuf map field. */
interface MapField<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** The members of the generated classes that the graph writer uses, and the reader of constants. */
export interface NodeMessage {
  getName(): string;
  getOp(): string;
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
  getTensor(): TensorMessage | undefined;
  setTensor(tensor: TensorMessage): void;
  setList(list: { setIList(values: readonly number[]): void; setTypeList(values: readonly number[]): void }): void;
}

interface DimensionMessage {
  getSize(): number;
  setSize(size: number): void;
}

export interface ShapeMessage {
  getDimList(): DimensionMessage[];
  addDim(dimension: DimensionMessage): void;
}

export interface TensorMessage {
  getDtype(): number;
  getTensorShape(): ShapeMessage;
  getTensorContent_asU8(): Uint8Array;
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
  getNodeList(): NodeMessage[];
  hasLibrary(): boolean;
  addNode(node: NodeMessage): void;
  setVersions(versions: VersionsMessage): void;
}

interface MetaInfoMessage {
  addTags(tag: string): void;
  setTensorflowVersion(version: string): void;
}

interface MetaGraphMessage {
  setMetaInfoDef(info: MetaInfoMessage): void;
  getGraphDef(): GraphMessage;
  setGraphDef(graph: GraphMessage): void;
  getSignatureDefMap(): MapField<SignatureMessage>;
}

interface SavedModelMessage {
  getMetaGraphsList(): MetaGraphMessage[];
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
  SavedModel: (new () => SavedModelMessage) & { deserializeBinary(bytes: Uint8Array): SavedModelMessage };
}

export const messages = (): Messages => protobufModule() as Messages;
