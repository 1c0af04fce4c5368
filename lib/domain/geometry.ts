/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a film is fitted into the network's square; see Geometry in lib/contracts/run-config.ts. */
export interface Fit {
  readonly size: number;
  readonly fit: "pad" | "squeeze";
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point, Size {}

/**
 * Where the film lies in the square, in whole pixels: all of it when squeezed; centred with its own aspect when padded,
 * the odd pixel going to the right or the bottom.
 */
export function placement(film: Size, { size, fit }: Fit): Rectangle {
  if (fit === "squeeze") return { x: 0, y: 0, width: size, height: size };
  const scale = size / Math.max(film.width, film.height);
  const width = Math.max(1, Math.round(film.width * scale));
  const height = Math.max(1, Math.round(film.height * scale));
  return { x: Math.floor((size - width) / 2), y: Math.floor((size - height) / 2), width, height };
}

/** A point of the film (pixels, corner of the first pixel at 0) in the square. */
export function toSquare(point: Point, film: Size, fit: Fit): Point {
  const placed = placement(film, fit);
  return {
    x: placed.x + (point.x * placed.width) / film.width,
    y: placed.y + (point.y * placed.height) / film.height,
  };
}

/** A point of the square on the film; outside the film where it lies in the padding. */
export function toFilm(point: Point, film: Size, fit: Fit): Point {
  const placed = placement(film, fit);
  return {
    x: ((point.x - placed.x) * film.width) / placed.width,
    y: ((point.y - placed.y) * film.height) / placed.height,
  };
}

/** A rectangle of the film in the square. */
export function rectangleToSquare(box: Rectangle, film: Size, fit: Fit): Rectangle {
  const { x, y } = toSquare(box, film, fit);
  const end = toSquare({ x: box.x + box.width, y: box.y + box.height }, film, fit);
  return { x, y, width: end.x - x, height: end.y - y };
}

/** A rectangle of the square on the film; beyond the film's edge where it reaches into the padding. */
export function rectangleToFilm(box: Rectangle, film: Size, fit: Fit): Rectangle {
  const { x, y } = toFilm(box, film, fit);
  const end = toFilm({ x: box.x + box.width, y: box.y + box.height }, film, fit);
  return { x, y, width: end.x - x, height: end.y - y };
}
