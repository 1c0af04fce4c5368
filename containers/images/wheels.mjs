import { readFileSync } from "node:fs";
import { TENSORFLOW_VERSION } from "../../lib/setup/engine-variants.mjs";

const CUDA = new URL("cuda-requirements.txt", import.meta.url);

/** @param {string} name @param {string} version @param {string} sha256 */
const fromPyPI = (name, version, sha256) => ({
  type: "library",
  name,
  version,
  purl: `pkg:pypi/${name}@${version}`,
  hashes: [{ alg: "SHA-256", content: sha256 }],
});

/** @param {import("../../lib/setup/engine-variants.mjs").EngineVariant} variant */
export const tensorflowWheel = ({ distribution, sha256 }) => fromPyPI(distribution, TENSORFLOW_VERSION, sha256);

/** NVIDIA's libraries, as the GPU image has them. */
export const cudaWheels = () =>
  readFileSync(CUDA, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name, version, sha256] = /^(\S+)==(\S+) --hash=sha256:(\w+)/.exec(line) ?? [];
      return name && version && sha256 ? [fromPyPI(name, version, sha256)] : [];
    });
