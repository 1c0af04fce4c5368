import type { FindingBox } from "../contracts/boxes.ts";
import type { Localisation } from "../contracts/evaluation.ts";
import { type Point, type Size, toFilm } from "../domain/geometry.ts";
import { meanDefined } from "../domain/metrics/mean.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, type Observation, observationIndex } from "../domain/observations.ts";
import type { LocalisationFigures } from "./figures.ts";
import { overlap } from "./overlap.ts";
import { peak } from "./peak.ts";
import { type FilmMaps, type GridPlace, mapOf } from "./predict.ts";
import type { PredictionTable } from "./prediction-table.ts";

/** A film whose observation was rightly called positive and whose place is known. */
export interface BoxedFinding {
  /** Row of the prediction table. */
  readonly row: number;
  readonly observation: Observation;
  /** In pixels of the film. */
  readonly boxes: readonly FindingBox[];
}

/** True positives at the operating point with a box of their own observation. @param boxesOf boxes of a table's row */
export function boxedTruePositives(
  table: PredictionTable,
  thresholds: readonly number[],
  boxesOf: (row: number) => readonly FindingBox[],
): BoxedFinding[] {
  const found: BoxedFinding[] = [];
  for (let row = 0; row < table.count; row += 1) {
    const boxes = boxesOf(row);
    for (const observation of new Set(boxes.map((box) => box.observation))) {
      const column = observationIndex(observation);
      const at = row * OBSERVATION_COUNT + column;
      if (!(table.labels[at]! > 0.5) || table.probabilities[at]! < thresholds[column]!) continue;
      found.push({ row, observation, boxes: boxes.filter((box) => box.observation === observation) });
    }
  }
  return found;
}

const inside = (point: Point, boxes: readonly FindingBox[]): boolean =>
  boxes.some(
    ({ x, y, width, height }) => point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height,
  );

/** Whether the map's peak, brought from the network's square to the film, lies in one of the boxes. */
export function pointsAt(map: FilmMaps, film: Size, { cells, fit }: GridPlace, boxes: readonly FindingBox[]): boolean {
  const place = peak(map);
  if (place === null) return false;
  const onSquare = { x: cells.x + place.x * cells.width, y: cells.y + place.y * cells.height };
  return inside(toFilm(onSquare, film, fit), boxes);
}

export interface PointingGame {
  readonly findings: readonly BoxedFinding[];
  /** Size of the film in a table's row. */
  readonly sizeOf: (row: number) => Size;
  readonly grid: GridPlace;
  /** Heat maps of a table's row, by the trained and by the untrained network. */
  readonly trained: (row: number) => FilmMaps;
  readonly untrained: (row: number) => FilmMaps;
}

/** The pointing game (Zhang et al. 2018) and the mean overlap beside two pointers that know nothing: the film's centre, an untrained network. */
export function pointingGame({ findings, sizeOf, grid, trained, untrained }: PointingGame): LocalisationFigures {
  const results = findings.map(({ row, observation, boxes }) => {
    const film = sizeOf(row);
    const column = observationIndex(observation);
    return {
      observation,
      hit: pointsAt(mapOf(trained(row), column), film, grid, boxes),
      centre: inside({ x: film.width / 2, y: film.height / 2 }, boxes),
      untrained: pointsAt(mapOf(untrained(row), column), film, grid, boxes),
      iou: overlap(mapOf(trained(row), column), film, grid, boxes),
      untrainedIou: overlap(mapOf(untrained(row), column), film, grid, boxes),
    };
  });
  type Result = (typeof results)[number];
  const share = (of: readonly Result[], hit: (result: Result) => boolean): number | null =>
    of.length === 0 ? null : of.filter(hit).length / of.length;
  const rates = (of: readonly Result[]) => ({
    hitRate: share(of, (r) => r.hit),
    centreHitRate: share(of, (r) => r.centre),
    untrainedHitRate: share(of, (r) => r.untrained),
    iou: meanDefined(of.map((r) => r.iou)),
    untrainedIou: meanDefined(of.map((r) => r.untrainedIou)),
  });
  const perObservation = OBSERVATIONS.flatMap((observation): Localisation[] => {
    const of = results.filter((result) => result.observation === observation);
    return of.length === 0 ? [] : [{ observation, films: of.length, ...rates(of) }];
  });
  return { perObservation, ...rates(results) };
}
