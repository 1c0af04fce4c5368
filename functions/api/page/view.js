/**
 * How the film lies on the stage: its middle is `x`, `y` CSS pixels off the stage's middle.
 * @typedef {object} View
 * @property {number} scale CSS pixels for each film pixel
 * @property {number} x
 * @property {number} y
 * @property {number} quarterTurns clockwise
 * @property {boolean} mirrored left for right, before it is turned
 */

/** @typedef {{ width: number, height: number }} Size */

const CLOSEST = 16;

/** @param {Size} film @param {Size} stage @param {number} quarterTurns @returns {number} scale at which all of it is seen */
export function fitScale(film, stage, quarterTurns) {
  const lies = quarterTurns % 2 !== 0;
  const width = lies ? film.height : film.width;
  const height = lies ? film.width : film.height;
  return Math.min(stage.width / width, stage.height / height);
}

/** @param {Size} film @param {Size} stage @param {Partial<View>} [turned] @returns {View} */
export const fittedView = (film, stage, { quarterTurns = 0, mirrored = false } = {}) => ({
  scale: fitScale(film, stage, quarterTurns),
  x: 0,
  y: 0,
  quarterTurns,
  mirrored,
});

/**
 * Zooms about a place that stays where it is.
 * @param {View} view
 * @param {number} factor
 * @param {{ x: number, y: number }} about CSS pixels from the stage's middle
 * @param {number} fit the scale at which all is seen
 * @returns {View}
 */
export function zoomed(view, factor, about, fit) {
  const scale = Math.min(Math.max(view.scale * factor, fit / 2), Math.max(CLOSEST, fit * 2));
  const grown = scale / view.scale;
  return { ...view, scale, x: about.x - (about.x - view.x) * grown, y: about.y - (about.y - view.y) * grown };
}

/** @param {View} view @param {Size} film @returns {string} CSS transform of a sheet whose corner is at the stage's middle */
export const cssTransform = (view, film) =>
  `translate(${view.x}px, ${view.y}px) rotate(${view.quarterTurns * 90}deg) ` +
  `scale(${view.mirrored ? -view.scale : view.scale}, ${view.scale}) translate(${-film.width / 2}px, ${-film.height / 2}px)`;
