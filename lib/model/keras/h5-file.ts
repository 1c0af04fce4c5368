import { open } from "node:fs/promises";
import { Dataset, type Entity, File, Group, ready } from "h5wasm/node";
import { InputError } from "../../domain/errors.ts";
import type { WeightTensor } from "../weights.ts";

/** A layer of a file, its weights in the order in which Keras keeps them. */
export interface KerasLayer {
  /** As the file has it; Keras 2 let names hold slashes. */
  readonly name: string;
  readonly weights: readonly WeightTensor[];
}

/**
 * The layers with weights of a file that Keras wrote: weights or a whole model as Keras 2 writes them (`.h5`), or
 * weights as Keras 3 does (`.weights.h5`).
 * @param file path of a file of this machine
 * @throws InputError `weights-file`
 */
export async function readKerasFile(file: string): Promise<KerasLayer[]> {
  await ready;
  // Before the library, which would tell it on stderr in words of its own.
  if (!(await startOf(file)).equals(SIGNATURE)) {
    throw new InputError("weights-file", `${file}: no HDF5 file, expected one that Keras wrote`);
  }
  const opened = new File(file, "r");
  if (opened.file_id < 0n) throw new InputError("weights-file", `${file}: a damaged HDF5 file`);
  try {
    const whole = opened.get("model_weights");
    const root = whole instanceof Group ? whole : opened;
    const layers = texts(root, "layer_names").length > 0 ? readKeras2(root, file) : readKeras3(opened, file);
    if (layers.length > 0) return layers;
    throw new InputError("weights-file", `${file}: no layer with weights, expected a file that Keras wrote`);
  } finally {
    opened.close();
  }
}

const SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

/** @throws InputError `weights-file` where the file can't be read */
async function startOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE.length));
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new InputError("weights-file", `${file}: can't be read, expected a file that Keras wrote`, { cause });
  }
}

/** Groups by layer, the order of layers and weights in attributes; a model within the model is one group. */
function readKeras2(root: Group, file: string): KerasLayer[] {
  return texts(root, "layer_names").flatMap((name) => {
    const group = root.get(name);
    if (!(group instanceof Group)) throw new InputError("weights-file", `${file}: layer ${name}: not there`);
    const paths = texts(group, "weight_names");
    const owners = paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    const tensors = paths.map((path) => readTensor(group.get(path), `${file}: layer ${name}: weight ${path}`));
    if (new Set(owners).size <= 1) return tensors.length === 0 ? [] : [{ name, weights: tensors }];
    return [...new Set(owners)].map((owner) => ({
      name: owner.startsWith(`${name}/`) ? owner.slice(name.length + 1) : owner,
      weights: tensors.filter((_, i) => owners[i] === owner),
    }));
  });
}

/** A group `vars` a layer, weights by number; groups are named after kinds, the layer's name is an attribute. */
function readKeras3(group: Group, file: string): KerasLayer[] {
  const layers: KerasLayer[] = [];
  for (const key of group.keys()) {
    const child = group.get(key);
    // Adam's moments are no layer.
    if (!(child instanceof Group) || key === "optimizer") continue;
    if (key !== "vars") {
      layers.push(...readKeras3(child, file));
      continue;
    }
    const numbers = child.keys().sort((a, b) => Number(a) - Number(b));
    if (numbers.length === 0) continue;
    const [name] = texts(child, "name");
    if (name === undefined) {
      const expected = "expected the attribute name, which Keras writes since 3.3: save the weights again";
      throw new InputError("weights-file", `${file}: ${child.path}: a layer without its name, ${expected}`);
    }
    const weights = numbers.map((number) => readTensor(child.get(number), `${file}: layer ${name}: weight ${number}`));
    layers.push({ name, weights });
  }
  return layers;
}

function readTensor(entity: Entity | null, where: string): WeightTensor {
  if (!(entity instanceof Dataset)) throw new InputError("weights-file", `${where}: not there`);
  const { value, shape } = entity;
  if (value instanceof Float32Array) return { shape: shape ?? [], data: value };
  if (value instanceof Float64Array) return { shape: shape ?? [], data: Float32Array.from(value) };
  throw new InputError("weights-file", `${where}: ${entity.dtype}, expected floats of 32 or 64 bits`);
}

/** An attribute of text; HDF5 holds 64 KiB in one, so that Keras spreads longer ones over `name0`, `name1`, .... */
function texts(group: Group, name: string): string[] {
  const { attrs } = group;
  const parts = attrs[name] === undefined ? [] : [attrs[name]];
  for (let i = 0; attrs[`${name}${i}`] !== undefined; i += 1) parts.push(attrs[`${name}${i}`]!);
  return parts.flatMap(({ value, shape }) => {
    // An empty list comes as an empty text.
    if (shape?.includes(0)) return [];
    return Array.isArray(value) ? value.map(String) : [String(value)];
  });
}
