/** @typedef {import("./client.js").HeatMap} HeatMap */

/**
 * Heat at a place of the film, between the middles of the grid's cells by bilinear interpolation.
 * @param {HeatMap} map
 * @param {number} x film pixels
 * @param {number} y film pixels
 * @returns {number} 0 to 1
 */
export function heatAt(map, x, y) {
  const { rows, columns, values, area } = map;
  const across = Math.min(columns - 1, Math.max(0, ((x - area.x) / area.width) * columns - 0.5));
  const down = Math.min(rows - 1, Math.max(0, ((y - area.y) / area.height) * rows - 0.5));
  const column = Math.min(columns - 2, Math.floor(across));
  const row = Math.min(rows - 2, Math.floor(down));
  if (column < 0 || row < 0) return values[0] ?? 0;
  const right = across - column;
  const below = down - row;
  /** @param {number} r @param {number} c */
  const at = (r, c) => values[r * columns + c] ?? 0;
  const upper = at(row, column) * (1 - right) + at(row, column + 1) * right;
  const lower = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right;
  return upper * (1 - below) + lower * below;
}

/**
 * The map over the whole film, on a lattice of places.
 * @param {HeatMap} map
 * @param {{ width: number, height: number }} film
 * @param {number} width places across
 * @param {number} height places down
 */
export function heatField(map, film, width, height) {
  const field = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      field[y * width + x] = heatAt(map, ((x + 0.5) / width) * film.width, ((y + 0.5) / height) * film.height);
    }
  }
  return field;
}

/**
 * The line around what is at least `level` hot, as an SVG path in film pixels (marching squares; Lorensen and Cline 1987).
 * @param {Float32Array} field
 * @param {number} width
 * @param {number} height
 * @param {number} level
 * @param {{ width: number, height: number }} film
 */
export function contour(field, width, height, level, film) {
  /** Outside the lattice is cold, so that a region at the film's edge is closed. @param {number} x @param {number} y */
  const at = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : (field[y * width + x] ?? 0));
  /** @param {number} a @param {number} b */
  const crossing = (a, b) => (level - a) / (b - a);
  /** @param {number} value @param {number} limit */
  const inside = (value, limit) => Math.min(limit, Math.max(0, value)).toFixed(1);
  /** @param {number[]} place */
  const point = ([x = 0, y = 0]) =>
    `${inside(((x + 0.5) / width) * film.width, film.width)} ${inside(((y + 0.5) / height) * film.height, film.height)}`;

  let path = "";
  for (let y = -1; y < height; y += 1) {
    for (let x = -1; x < width; x += 1) {
      const corners = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)];
      const [a = 0, b = 0, c = 0, d = 0] = corners;
      const sides = [
        a >= level !== b >= level && [x + crossing(a, b), y],
        b >= level !== c >= level && [x + 1, y + crossing(b, c)],
        d >= level !== c >= level && [x + crossing(d, c), y + 1],
        a >= level !== d >= level && [x, y + crossing(a, d)],
      ].filter((side) => side !== false);
      for (let i = 0; i + 1 < sides.length; i += 2) path += `M${point(sides[i] ?? [])}L${point(sides[i + 1] ?? [])}`;
    }
  }
  return path;
}
