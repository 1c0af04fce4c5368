/**
 * Where TensorFlow comes from: the official PyPI wheel of each variant, pinned by hash.
 * The wheel's Python tag does not matter (only its C++ libraries are used), so one is pinned for all.
 */
export const TENSORFLOW_VERSION = "2.21.0";

/**
 * @typedef {object} EngineVariant
 * @property {string} id names it in the cache
 * @property {string} distribution name on PyPI
 * @property {string} sha256 of the wheel
 * @property {number} wheelMegabytes what is downloaded
 * @property {number} unpackedMegabytes what libraries and headers take on disk
 * @property {readonly string[]} platforms wheel platform tags that pip may take
 * @property {string} npmPackage the binding's npm package
 */

/** @type {Readonly<Record<string, EngineVariant>>} */
export const ENGINE_VARIANTS = {
  "cpu-linux-x64": {
    id: "cpu-linux-x64",
    distribution: "tensorflow-cpu",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    wheelMegabytes: 274,
    unpackedMegabytes: 900,
    platforms: ["manylinux_2_27_x86_64"],
    npmPackage: "@tensorflow/tfjs-node",
  },
  "cpu-linux-arm64": {
    id: "cpu-linux-arm64",
    distribution: "tensorflow",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    wheelMegabytes: 282,
    unpackedMegabytes: 950,
    platforms: ["manylinux_2_27_aarch64"],
    npmPackage: "@tensorflow/tfjs-node",
  },
  "cuda-linux-x64": {
    id: "cuda-linux-x64",
    distribution: "tensorflow",
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    wheelMegabytes: 572,
    unpackedMegabytes: 1300,
    platforms: ["manylinux_2_27_x86_64"],
    npmPackage: "@tensorflow/tfjs-node-gpu",
  },
};

/**
 * @param {"cpu" | "cuda"} device
 * @param {string} platform as process.platform
 * @param {string} arch as process.arch
 * @returns {EngineVariant | undefined}
 */
export const variantFor = (device, platform, arch) => ENGINE_VARIANTS[`${device}-${platform}-${arch}`];
