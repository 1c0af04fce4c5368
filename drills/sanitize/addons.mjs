// `addons.mjs FILE.node ROUNDS SEED`: one of our addons, called with what fits and with what was changed somewhere. Whatever
// does not fit must be a RangeError; what is no error must stay in its memory, which a sanitizer sees to. Plain JavaScript,
// since it is preloaded with the sanitizer, and a loader would be as slow as it.
import { createRequire } from "node:module";
import { basename } from "node:path";

const [file = "", rounds = "1", seed = "1"] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(file);

/** Numbers from 0 to 1 (mulberry32). */
let state = Number(seed);
function next() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
/** @template T @param {readonly T[]} list @returns {T} */
const oneOf = (list) => /** @type {T} */ (list[below(list.length)]);

const ODD = [-1, 0, 1, 2, 3, 7, 15, 16, 17, 40, 2 ** 17, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)];
const ODDER = [
  ...ODD,
  2 ** 32,
  2 ** 53,
  2 ** 61,
  2 ** 62,
  2 ** 63,
  -(2 ** 63),
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
];

/**
 * Some of a list's values exchanged.
 * @param {number[]} list
 * @param {readonly number[]} others
 * @param {number} from place of the first that may be
 */
function changed(list, others, from = 0) {
  const copy = [...list];
  for (let count = below(3); count > 0; count -= 1) copy[from + below(copy.length - from)] = oneOf(others);
  return copy;
}

const mostly = (/** @type {number} */ usual, /** @type {readonly number[]} */ others) =>
  next() < 0.85 ? usual : oneOf(others);
const floats = (/** @type {number} */ length) => Float32Array.from({ length }, () => next() - 0.5);
const bytes = (/** @type {number} */ length) => Uint8Array.from({ length }, () => below(256));

const BLOCK = 16;
/** So many values of all buffers are worth a try; more would only be slow. */
const MOST_VALUES = 1 << 22;

/** A picture, and convolutions, means and maxima of it, some of which fit. */
function network() {
  const side = 4 + below(12);
  const channels = oneOf([1, 3, 16]);
  const borders = [0, 1, 1, 1, 0];
  const buffers = [[1, side, side, 1, channels]];
  const blocks = 1 + below(3);
  for (const border of borders) buffers.push([blocks, side, side, border, BLOCK]);
  const view = (/** @type {number} */ buffer) => [buffer, 0, buffers[buffer]?.[0] ?? 1];
  const steps = borders.map((_, i) => {
    const kind = i === 0 ? 0 : below(4);
    const size = kind === 1 || borders[i - 1] === 0 ? 1 : oneOf([1, 3]);
    const affine = i > 0 && size === 1 && next() < 0.5;
    return [
      ...[kind, ...view(i), ...view(i + 1), size, 1, (size - 1) / 2],
      ...[0, oneOf([-1, 0]), ...(affine || kind === 1 ? [0, 64] : [-1, -1])],
      ...[oneOf([-1, -1, i + 1]), 0, below(2), 0],
    ];
  });
  const ends = [...view(5), ...view(4), ...view(5), ...view(5), 0, 0];
  const all = changed([...buffers.flat(), ...steps.flat(), ...ends], ODD, next() < 0.5 ? 0 : buffers.length * 5);
  const cut = all.slice(0, buffers.length * 5);
  const values = Array.from({ length: buffers.length }, (_, i) => {
    const [blocks = 0, rows = 0, columns = 0, border = 0, width = 0] = cut.slice(5 * i, 5 * i + 5);
    return blocks * (rows + 2 * border) * (columns + 2 * border) * width;
  });
  if (values.some((count) => count > MOST_VALUES && count < 2 ** 31)) return;
  const rest = all.slice(cut.length);
  const handle = addon.openNetwork(
    ...[Int32Array.from(cut), Int32Array.from(rest.slice(0, -ends.length)), Int32Array.from(rest.slice(-ends.length))],
    ...[floats(oneOf([100, 9 * 48 * 48, 9 * 48 * 48, 9 * 48 * 48])), floats(channels), floats(channels)],
    ...[mostly(1 + below(3), [0, -1, 2 ** 31, Number.NaN]), oneOf(["plain", "avx2", "avx512", addon.bestKernels()])],
  );
  const [, rows = 1, columns = 1] = cut;
  const blocksOf = (/** @type {number} */ at) => rest.slice(-ends.length)[at] ?? 1;
  const map = cut.slice(5 * blocksOf(3));
  const logits = blocksOf(11) * BLOCK;
  const off = oneOf([0, 0, 0, 1, -1]);
  const maps = oneOf([null, floats(Math.max(0, logits * (map[1] ?? 1) * (map[2] ?? 1) + off))]);
  addon.runNetwork(handle, bytes(rows * columns), floats(logits), floats(blocksOf(2) * BLOCK), maps);
  addon.closeNetwork(handle);
}

/** Weights of a side, most of which lie on it. @param {number} from @param {number} to */
function taps(from, to) {
  const count = 1 + below(Math.min(3, from));
  const first = Int32Array.from({ length: to }, () => below(from - count + 1));
  if (next() < 0.1) first[below(to)] = oneOf(ODD);
  const weights = floats(count * to);
  if (next() < 0.1) weights[below(weights.length)] = oneOf(ODDER);
  return [first, weights];
}

function rectangle() {
  const [width, height] = [1 + below(40), 1 + below(40)];
  const [across, down] = [1 + below(24), 1 + below(24)];
  const stride = across + below(5);
  const offset = below(20);
  const target = new Uint8Array(offset + (down - 1) * stride + across + below(2));
  const [w = 0, h = 0, o = 0, s = 0] = changed([width, height, offset, stride], ODDER);
  const scale = mostly(255, ODDER);
  return { width, height, to: [w, h, ...taps(width, across), ...taps(height, down), scale, target, o, s] };
}

const sums = () => [
  new Float64Array(mostly(4, [3, 5, 0])),
  new Float64Array(mostly(256, [1, 0, 1000])),
  new Float64Array(mostly(32 * 32, [4, 0, 5])),
];

function resize() {
  const { width, height, to } = rectangle();
  const count = Math.max(0, width * height + oneOf([0, 0, 0, -1, 1]));
  const pixels = next() < 0.5 ? bytes(count) : Uint16Array.from(bytes(count), (value) => value * 257);
  addon.resizePicture(pixels, ...to);
  const [w, h] = changed([width, height], ODDER);
  addon.pictureStatistics(pixels, w, h, mostly(pixels instanceof Uint8Array ? 255 : 65535, ODDER), ...sums());
}

/** A grey JPEG of 16 x 8 pixels. */
const JPEG = Buffer.from(
  "/9j/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAALCAAIABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAr/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AL+AAf/Z",
  "base64",
);

function jpeg() {
  const { to } = rectangle();
  const picture = Buffer.from(JPEG);
  for (let count = below(4); count > 0; count -= 1) picture[below(picture.length)] = below(256);
  const sound = [16, 8, ...taps(16, 8), ...taps(8, 8), 255, new Uint8Array(64), 0, 8];
  addon.resizeGreyJpeg(
    new Uint8Array(picture.subarray(0, picture.length - below(2) * below(40))),
    ...(next() < 0.7 ? sound : to),
    ...sums(),
  );
}

const PLAYS = { "network.node": network, "resize.node": resize, "jpeg.node": jpeg };
const play = PLAYS[/** @type {keyof typeof PLAYS} */ (basename(file))];
let [done, refused] = [0, 0];
for (let round = 0; round < Number(rounds); round += 1) {
  try {
    play();
    done += 1;
  } catch (error) {
    // A damaged JPEG is the decoder's to tell, in its own words.
    if (!(error instanceof RangeError || (play === jpeg && error instanceof Error))) throw error;
    refused += 1;
  }
}
console.log(`${basename(file)}: ${done} done, ${refused} refused, no word of a sanitizer`);
if (done === 0) process.exitCode = 1;
