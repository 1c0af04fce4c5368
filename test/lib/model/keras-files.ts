import { File, type Group, ready } from "h5wasm/node";
import type { KerasLayer } from "../../../lib/model/keras/h5-file.ts";

const VARIABLES: Readonly<Record<number, readonly string[]>> = {
  1: ["kernel:0"],
  2: ["kernel:0", "bias:0"],
  4: ["gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"],
};

function writeDataset(group: Group, path: string, { data, shape }: KerasLayer["weights"][number]): void {
  const [name = "", ...rest] = path.split("/");
  if (rest.length > 0) {
    const child = group.keys().includes(name) ? (group.get(name) as Group) : group.create_group(name);
    writeDataset(child, rest.join("/"), { data, shape });
  } else {
    group.create_dataset({ name, data, shape: [...shape], dtype: "<f" });
  }
}

function groupAt(parent: Group, path: string): Group {
  return path.split("/").reduce((group, name) => {
    return group.keys().includes(name) ? (group.get(name) as Group) : group.create_group(name);
  }, parent);
}

async function written(file: string, write: (root: Group) => void): Promise<void> {
  await ready;
  const opened = new File(file, "w");
  write(opened);
  opened.close();
}

interface Keras2Options {
  /** Whether a whole model, its weights in a group of their own. */
  readonly whole?: boolean;
  /** Name of a model within the model that holds all but the last two layers. */
  readonly nested?: string;
  /** Over how many attributes the names of the layers are spread. */
  readonly parts?: number;
}

/** As Keras 2's `save` and `save_weights` write it. */
export const writeKeras2 = (file: string, layers: readonly KerasLayer[], options: Keras2Options = {}): Promise<void> =>
  written(file, (opened) => {
    const { whole = false, nested, parts = 1 } = options;
    const root = whole ? opened.create_group("model_weights") : opened;
    const inner = nested === undefined ? 0 : layers.length - 2;
    const groups = [
      { name: "input_1", layers: [] },
      ...(nested === undefined ? [] : [{ name: nested, layers: layers.slice(0, inner) }]),
      ...layers.slice(inner).map((layer) => ({ name: layer.name, layers: [layer] })),
    ];
    const names = groups.map(({ name }) => name);
    if (parts === 1) root.create_attribute("layer_names", names);
    const each = Math.ceil(names.length / parts);
    for (let i = 0; parts > 1 && i < parts; i += 1) {
      root.create_attribute(`layer_names${i}`, names.slice(i * each, (i + 1) * each));
    }
    for (const { name, layers: members } of groups) {
      const group = groupAt(root, name);
      const weights = members.flatMap((layer) =>
        layer.weights.map((weight, i) => ({
          path: `${layer.name}/${VARIABLES[layer.weights.length]?.[i] ?? `odd_${i}`}`,
          weight,
        })),
      );
      const paths = weights.map(({ path }) => path);
      if (paths.length > 0) group.create_attribute("weight_names", paths);
      for (const { path, weight } of weights) writeDataset(group, path, weight);
    }
  });

/** As Keras 3's `save_weights` writes it: numbered kinds, names in attributes, the optimiser's state beside. */
export const writeKeras3 = (file: string, layers: readonly KerasLayer[], named = true): Promise<void> =>
  written(file, (root) => {
    layers.forEach(({ name, weights }, i) => {
      const vars = groupAt(root, `layers/layer_${i}/vars`);
      if (named) vars.create_attribute("name", name);
      weights.forEach((weight, n) => {
        writeDataset(vars, String(n), weight);
      });
    });
    writeDataset(groupAt(root, "optimizer/vars"), "0", { shape: [1], data: Float32Array.of(1) });
  });
