/**
 * Window and level as one linear curve over the film's greys.
 * @typedef {object} GreyWindow
 * @property {number} width share of the grey range that is spread over black to white
 * @property {number} level middle of that share
 * @property {boolean} inverted
 */

/** @type {Readonly<GreyWindow>} */
export const WHOLE_RANGE = Object.freeze({ width: 1, level: 0.5, inverted: false });

/**
 * Windows that suit every film, since they go by its own greys: the share of its pixels that is black, and that is not
 * yet white. OHIF's presets of those keys are for CT, in Hounsfield units, which a film has not.
 * @type {readonly { name: string, from: number, to: number }[]}
 */
export const PRESETS = [
  { name: "all greys", from: 0, to: 1 },
  { name: "automatic", from: 0.01, to: 0.99 },
  { name: "lungs", from: 0.005, to: 0.65 },
  { name: "mediastinum", from: 0.35, to: 0.995 },
  { name: "bones", from: 0.65, to: 1 },
];

const NARROWEST = 0.05;

/**
 * @param {Uint32Array} histogram pixels by grey, 0 to 255
 * @param {{ from: number, to: number }} preset
 * @returns {{ width: number, level: number }}
 */
export function presetWindow(histogram, { from, to }) {
  const low = from === 0 ? 0 : quantile(histogram, from);
  const high = to === 1 ? 1 : quantile(histogram, to);
  return { width: Math.max(NARROWEST, high - low), level: (low + high) / 2 };
}

/** @param {Uint32Array} histogram @param {number} share @returns {number} the grey, 0 to 1, that so many pixels reach at most */
function quantile(histogram, share) {
  const wanted = share * histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const grey = histogram.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
  return Math.max(0, grey) / (histogram.length - 1);
}

/** @param {GreyWindow} window @returns {{ slope: number, intercept: number }} the line from film's grey to shown grey, both 0 to 1 */
export function windowLine({ width, level, inverted }) {
  const slope = (inverted ? -1 : 1) / width;
  return { slope, intercept: 0.5 - slope * level };
}

/**
 * The window after a drag: right narrows the contrast away, down darkens, as readers' workstations do.
 * @param {GreyWindow} window
 * @param {number} right share of the stage's width
 * @param {number} down share of the stage's height
 * @returns {GreyWindow}
 */
export const draggedWindow = (window, right, down) => ({
  ...window,
  width: Math.min(2, Math.max(NARROWEST, window.width * 4 ** right)),
  level: Math.min(1, Math.max(0, window.level + down * 0.6)),
});
