/**
 * Window and level as one linear curve over the film's greys, done by the browser's own filter.
 * @typedef {object} GreyWindow
 * @property {number} width share of the grey range that is spread over black to white
 * @property {number} level middle of that share
 * @property {boolean} inverted
 */

/** @type {Readonly<GreyWindow>} */
export const WHOLE_RANGE = Object.freeze({ width: 1, level: 0.5, inverted: false });

/** @param {GreyWindow} window */
export function applyWindow({ width, level, inverted }) {
  const slope = (inverted ? -1 : 1) / width;
  const intercept = 0.5 - slope * level;
  for (const channel of document.querySelectorAll("#window feFuncR, #window feFuncG, #window feFuncB")) {
    channel.setAttribute("slope", String(slope));
    channel.setAttribute("intercept", String(intercept));
  }
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
  width: Math.min(2, Math.max(0.05, window.width * 4 ** right)),
  level: Math.min(1, Math.max(0, window.level + down * 0.6)),
});
