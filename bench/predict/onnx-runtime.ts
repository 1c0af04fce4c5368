/** onnxruntime-node, all its graph optimisations on, as it comes. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { MANY } from "../predict.ts";
import { normalised, readTask, timed } from "./subject.ts";

/** The part of onnxruntime-node's interface that is used; the package is installed into the cache, not here. */
interface OnnxRuntime {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(file: string): Promise<{ run(feeds: object): Promise<Record<string, { readonly data: Float32Array }>> }>;
  };
  readonly env: { readonly versions: { readonly node?: string } };
}

const require = createRequire(join(process.env.ONNX_RUNTIME!, "package.json"));
const { Tensor, InferenceSession, env } = require("onnxruntime-node") as OnnxRuntime;
const { folder, size, count, pixels } = await readTask();
const session = await InferenceSession.create(join(folder, "model.onnx"));
const values = normalised(pixels, size, "channels first");
const films = (number: number) =>
  new Tensor("float32", values.subarray(0, number * 3 * size * size), [number, 3, size, size]);
const predict = async (input: unknown) => (await session.run({ input })).probabilities!.data;

const [single, eight] = [films(1), films(MANY)];
const one = await timed(count, () => predict(single));
const many = await timed(Math.ceil(count / 3), () => predict(eight));
const probabilities = [...(await predict(eight))];
console.log(JSON.stringify({ one, many, probabilities, version: `onnxruntime ${env.versions.node}` }));
