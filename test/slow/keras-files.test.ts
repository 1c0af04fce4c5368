import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadServingGraph } from "../../lib/engine/saved-model.ts";
import { fromKeras } from "../../lib/model/keras/from-keras.ts";
import { readKerasFile } from "../../lib/model/keras/h5-file.ts";
import { buildNetwork } from "../../lib/model/networks.ts";
import { parametersOf } from "../../lib/model/parameters.ts";
import { writeServingGraph } from "../../lib/model/serving-graph.ts";
import type { Weights } from "../../lib/model/weights.ts";
import { relativeError } from "../lib/model/eager-network.ts";
import { sampleBatch } from "../lib/model/samples.ts";
import { python } from "../python.ts";

const SIZE = 96;
const COUNT = 3;
const WIDTH = 1024;

/** Keras's own network with random weights, saved in every way, and what it answers by its own preprocessing. */
const SCRIPT = `
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py, numpy as np, keras
from keras.src.legacy.saving import legacy_h5_format
task = json.load(sys.stdin)
folder, size, kind = task["folder"], task["size"], task["kind"]
path = lambda name: os.path.join(folder, f"{kind}-{name}.h5")
keras.utils.set_random_seed(5)
build = getattr(keras.applications, {"densenet121": "DenseNet121", "vgg16": "VGG16", "resnet50": "ResNet50"}[kind])
module = getattr(keras.applications, {"densenet121": "densenet", "vgg16": "vgg16", "resnet50": "resnet"}[kind])
body = build(include_top=False, weights=None, input_shape=(size, size, 3))
for layer in body.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        draw = np.random.default_rng(abs(hash(layer.name)) % 1000)
        n = layer.gamma.shape[0]
        layer.set_weights([1 + 0.2 * draw.normal(size=n), 0.2 * draw.normal(size=n), 0.1 * draw.normal(size=n), 0.5 + draw.random(n)])
pooled = keras.layers.GlobalAveragePooling2D()(body.output)
hidden = keras.layers.Dense(task["width"], activation="relu")(pooled)
model = keras.Model(body.input, keras.layers.Dense(14, activation="sigmoid")(hidden))
model.save(path("whole"))
model.save_weights(path("keras3.weights"))
with h5py.File(path("notop"), "w") as file:
    legacy_h5_format.save_weights_to_hdf5_group(file, body)
grey = np.fromfile(os.path.join(folder, "pixels.bin"), np.uint8).reshape(-1, size, size, 1)
films = np.repeat(grey, 3, axis=-1).astype(np.float32)
answer = {"unit": model(films / 255, training=False), "imagenet": model(module.preprocess_input(films.copy()), training=False)}
print(json.dumps({
    "count": body.count_params(),
    "layers": [layer.name for layer in body.layers if layer.weights],
    "weights": {f"{layer.name}/{weight.name}": list(weight.shape) for layer in body.layers for weight in layer.weights},
    "probabilities": {name: value.numpy().ravel().tolist() for name, value in answer.items()},
}))
`;

interface KerasAnswer {
  readonly count: number;
  readonly layers: readonly string[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly probabilities: Readonly<Record<"unit" | "imagenet", readonly number[]>>;
}

const { input: pixels } = sampleBatch(3, COUNT, SIZE);

describe.each(["densenet121", "vgg16", "resnet50"] as const)("%s that Keras built and saved", (network) => {
  let folder: string;
  let keras: KerasAnswer;
  const built = buildNetwork({ network, channels: 3, headWidth: WIDTH });
  const backbone = parametersOf(built).filter(({ layer }) => built.backbone.has(layer));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-keras-saved-"));
    await writeFile(join(folder, "pixels.bin"), pixels);
    const task = { folder, size: SIZE, kind: network, width: WIDTH };
    keras = await python<KerasAnswer>(SCRIPT, task, "slow/requirements.txt");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (name: string) => {
    const file = join(folder, `${network}-${name}.h5`);
    return fromKeras(await readKerasFile(file), network, file);
  };

  async function predict(weights: Weights, normalisation: "unit" | "imagenet"): Promise<Float32Array> {
    const model = { network, channels: 3, headWidth: WIDTH, normalisation } as const;
    await writeFile(join(folder, "saved_model.pb"), writeServingGraph({ model, size: SIZE, members: [weights] }));
    const graph = await loadServingGraph(folder);
    try {
      return graph.run(pixels, COUNT).probabilities;
    } finally {
      graph.close();
    }
  }

  test("has our weights by name, shape and order of layers", () => {
    expect(keras.count).toBe(backbone.reduce((sum, { size }) => sum + size, 0));
    expect(keras.weights).toEqual(Object.fromEntries(backbone.map(({ name, shape }) => [name, shape])));
    expect([...new Set(backbone.map(({ layer }) => layer))]).toEqual(keras.layers);
  });

  test.each(["whole", "keras3.weights"])("predicts the same from %s.h5", async (name) => {
    const imported = await read(name);
    expect(imported).toMatchObject({ channels: 3, headWidth: WIDTH });
    for (const normalisation of ["unit", "imagenet"] as const) {
      const ours = await predict(imported.weights, normalisation);
      expect(relativeError(ours, keras.probabilities[normalisation]), normalisation).toBeLessThan(1e-4);
    }
  });

  test("the file without top holds the same backbone", async () => {
    const [whole, notop] = await Promise.all([read("whole"), read("notop")]);
    expect(notop.headWidth).toBeNull();
    for (const { name } of backbone) {
      const [ours, theirs] = [notop, whole].map(({ weights }) => Buffer.from(weights.get(name)!.data.buffer));
      expect(ours!.equals(theirs!), name).toBe(true);
    }
    expect((await readFile(join(folder, `${network}-notop.h5`))).length).toBeGreaterThan(4 * keras.count);
  });
});
