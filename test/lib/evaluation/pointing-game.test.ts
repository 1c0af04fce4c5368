import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FindingBox } from "../../../lib/contracts/boxes.ts";
import { logit } from "../../../lib/domain/logistic.ts";
import { OBSERVATION_COUNT, observationIndex } from "../../../lib/domain/observations.ts";
import { overlap } from "../../../lib/evaluation/overlap.ts";
import { peak } from "../../../lib/evaluation/peak.ts";
import { boxedTruePositives, pointingGame, pointsAt } from "../../../lib/evaluation/pointing-game.ts";
import type { FilmMaps, GridPlace } from "../../../lib/evaluation/predict.ts";
import type { PredictionTable } from "../../../lib/evaluation/prediction-table.ts";

const box = (x: number, y: number, width: number, height: number): FindingBox => ({
  row: 0,
  observation: "Cardiomegaly",
  x,
  y,
  width,
  height,
});

/** A 7 x 7 map with one hot cell. */
function hot(column: number, row: number, value = 1): FilmMaps {
  const values = new Float32Array(49);
  values[row * 7 + column] = value;
  return { rows: 7, columns: 7, values };
}

/** Cells that divide the whole square evenly. */
const even = (size: number, fit: "pad" | "squeeze"): GridPlace => ({
  cells: { x: 0, y: 0, width: size, height: size },
  fit: { size, fit },
});

/** 14 maps, all of them the same. */
const everywhere = ({ rows, columns, values }: FilmMaps): FilmMaps => ({
  rows,
  columns,
  values: Float32Array.from({ length: OBSERVATION_COUNT * values.length }, (_, i) => values[i % values.length]!),
});

describe("peak of a heat map", () => {
  it("is the centre of a cell that stands alone, at the border too", () => {
    for (const column of [0, 3, 6]) {
      for (const row of [0, 2, 6]) {
        expect(peak(hot(column, row))).toEqual({ x: (column + 0.5) / 7, y: (row + 0.5) / 7 });
      }
    }
    expect(peak({ rows: 1, columns: 1, values: Float32Array.of(2) })).toEqual({ x: 0.5, y: 0.5 });
  });

  it("lies between two cells that are equally hot, nearer to the hotter of two", () => {
    const values = new Float32Array(49);
    values[3 * 7 + 2] = 1;
    values[3 * 7 + 3] = 1;
    expect(peak({ rows: 7, columns: 7, values })!.x * 7).toBeCloseTo(3, 6);
    values[3 * 7 + 3] = 0.8;
    const nearer = peak({ rows: 7, columns: 7, values })!.x * 7;
    expect(nearer).toBeGreaterThan(2.5);
    expect(nearer).toBeLessThan(3);
  });

  it("is where a smooth hill has its top, to within an eighth of a cell or so, wherever that is", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.5, max: 5.5, noNaN: true }),
        fc.double({ min: 1.5, max: 5.5, noNaN: true }),
        (x, y) => {
          const values = Float32Array.from({ length: 49 }, (_, i) =>
            Math.exp(-(((i % 7) + 0.5 - x) ** 2 + (Math.floor(i / 7) + 0.5 - y) ** 2) / 4),
          );
          const place = peak({ rows: 7, columns: 7, values })!;
          expect(Math.abs(place.x * 7 - x)).toBeLessThan(0.15);
          expect(Math.abs(place.y * 7 - y)).toBeLessThan(0.15);
        },
      ),
    );
  });

  it("is nowhere where nothing raised the score", () => {
    expect(peak(hot(3, 3, 0))).toBeNull();
    expect(pointsAt(hot(3, 3, 0), { width: 10, height: 10 }, even(224, "pad"), [box(0, 0, 10, 10)])).toBe(false);
  });
});

describe("from the square to the film", () => {
  // A film of 400 x 200 in a square of 224: 112 rows of padding, half of them above.
  const film = { width: 400, height: 200 };

  it("takes the padding off", () => {
    const middle = hot(3, 3);
    expect(pointsAt(middle, film, even(224, "pad"), [box(199, 99, 2, 2)])).toBe(true);
    // Row 1 of the map is rows 32 to 64 of the square; its centre, 48, is padding: outside the film.
    expect(pointsAt(hot(3, 1), film, even(224, "pad"), [box(0, 0, 400, 200)])).toBe(false);
    // Centre of row 2 is 80: (80 - 56) / 112 of the film's height.
    expect(pointsAt(hot(0, 2), film, even(224, "pad"), [box(28, 42, 1, 2)])).toBe(true);
  });

  it("stretches a squeezed film back", () => {
    expect(pointsAt(hot(3, 1), film, even(224, "squeeze"), [box(199, 42, 2, 2)])).toBe(true);
    expect(pointsAt(hot(3, 1), film, even(224, "squeeze"), [box(199, 46, 2, 2)])).toBe(false);
  });
});

describe("pointing game", () => {
  const cardiomegaly = observationIndex("Cardiomegaly");
  const labels = new Float32Array(4 * OBSERVATION_COUNT);
  const probabilities = new Float64Array(4 * OBSERVATION_COUNT).fill(0.9);
  for (const row of [0, 1, 3]) labels[row * OBSERVATION_COUNT + cardiomegaly] = 1;
  probabilities[OBSERVATION_COUNT + cardiomegaly] = 0.1;
  const table: PredictionTable = {
    part: "test",
    count: 4,
    paths: [],
    patientIds: [],
    subjects: [],
    patients: Uint32Array.of(0, 1, 2, 3),
    studies: Uint32Array.of(0, 1, 2, 3),
    labels,
    logits: probabilities.map(logit),
    probabilities,
  };
  const thresholds = new Array<number>(OBSERVATION_COUNT).fill(0.5);

  it("counts true positives with a box, and no others", () => {
    const boxes = [[box(0, 0, 5, 5)], [box(0, 0, 5, 5)], [box(0, 0, 5, 5)], []];
    // Row 1 is missed, row 2 is negative, row 3 has no box.
    expect(boxedTruePositives(table, thresholds, (row) => boxes[row]!).map(({ row }) => row)).toEqual([0]);
  });

  it("stands beside the centre and an untrained network", () => {
    const findings = [
      { row: 0, observation: "Cardiomegaly" as const, boxes: [box(0, 0, 20, 20)] },
      { row: 3, observation: "Cardiomegaly" as const, boxes: [box(45, 45, 10, 10), box(90, 90, 10, 10)] },
    ];
    const game = pointingGame({
      findings,
      sizeOf: () => ({ width: 100, height: 100 }),
      grid: even(64, "squeeze"),
      trained: (row) => everywhere(row === 0 ? hot(0, 0) : hot(6, 6)),
      untrained: () => everywhere(hot(6, 0)),
    });
    expect(game).toMatchObject({
      perObservation: [{ observation: "Cardiomegaly", films: 2, hitRate: 1, centreHitRate: 0.5, untrainedHitRate: 0 }],
      hitRate: 1,
      centreHitRate: 0.5,
      untrainedHitRate: 0,
    });
  });

  it("has the mean overlap of maps and boxes beside it", () => {
    const findings = [0, 3].map((row) => ({ row, observation: "Cardiomegaly" as const, boxes: [box(0, 0, 50, 50)] }));
    const half = (column: number): FilmMaps => ({
      rows: 2,
      columns: 2,
      values: Float32Array.from([0, 1, 2, 3], (cell) => Number(cell === column)),
    });
    const game = pointingGame({
      findings,
      sizeOf: () => ({ width: 100, height: 100 }),
      grid: even(64, "squeeze"),
      trained: (row) => everywhere(half(row === 0 ? 0 : 3)),
      untrained: () => everywhere(hot(0, 0, 0)),
    });
    expect(game.iou).toBeCloseTo(
      overlap(half(0), { width: 100, height: 100 }, even(64, "squeeze"), findings[0]!.boxes) / 2,
      12,
    );
    expect(game.untrainedIou).toBe(0);
  });

  it("is not defined without a finding", () => {
    const none = () => everywhere(hot(0, 0));
    const size = () => ({ width: 1, height: 1 });
    const game = pointingGame({
      findings: [],
      sizeOf: size,
      grid: even(64, "pad"),
      trained: none,
      untrained: none,
    });
    expect(game).toEqual({
      perObservation: [],
      hitRate: null,
      centreHitRate: null,
      untrainedHitRate: null,
      iou: null,
      untrainedIou: null,
    });
  });
});
