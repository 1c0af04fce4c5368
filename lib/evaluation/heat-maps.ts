import type { RunConfig } from "../contracts/run-config.ts";
import type { Rows } from "../data/film-columns.ts";
import { rectangleToSquare, type Size } from "../domain/geometry.ts";
import { OBSERVATION_COUNT, observationIndex } from "../domain/observations.ts";
import type { ServingGraph } from "../engine/saved-model.ts";
import { cellArea } from "../model/cell-area.ts";
import { initialWeights } from "../model/initial-weights.ts";
import { buildNetwork } from "../model/networks.ts";
import { writeServingGraph } from "../model/serving-graph.ts";
import type { Example } from "../report/material.ts";
import { chooseExamples } from "./examples.ts";
import type { LocalisationFigures } from "./figures.ts";
import { boxedTruePositives, pointingGame } from "./pointing-game.ts";
import { explain, type FilmMaps, mapOf, type Predicting } from "./predict.ts";
import type { PredictionTable } from "./prediction-table.ts";
import type { RunInputs } from "./run-inputs.ts";
import { withServingGraph } from "./with-serving-graph.ts";

export interface HeatMapInput {
  readonly rows: Rows;
  readonly boxes: RunInputs["boxes"];
  readonly config: RunConfig;
  /** Calibrated, of the test patients; `positions` are those of its rows. */
  readonly test: PredictionTable;
  readonly positions: Uint32Array;
  readonly thresholds: readonly number[];
  readonly predicting: Predicting;
}

/** The pointing game, and films to show with their heat maps. */
export async function judgeHeatMaps(
  input: HeatMapInput,
): Promise<{ localisation: LocalisationFigures; examples: Example[] }> {
  const { rows, boxes, config, test, positions, thresholds, predicting } = input;
  const positionOf = (row: number): number => positions[row]!;
  const boxesOf = (row: number) => boxes.get(positionOf(row)) ?? [];
  const sizeOf = (row: number): Size => ({
    width: rows.filmWidth[positionOf(row)]!,
    height: rows.filmHeight[positionOf(row)]!,
  });

  const findings = boxedTruePositives(test, thresholds, boxesOf);
  const chosen = chooseExamples(test, thresholds, new Set(findings.map(({ observation }) => observation)));
  const boxed = distinct(findings.map(({ row }) => positionOf(row)));
  const shown = distinct(chosen.map(({ row }) => positionOf(row)));
  const maps = await explain(distinct([...boxed, ...shown]), predicting);
  const untrained = await explainUntrained(boxed, config, predicting);
  const from = (of: ReadonlyMap<number, FilmMaps>) => (row: number) => of.get(positionOf(row))!;
  const localisation = pointingGame({
    findings,
    sizeOf,
    grid: { cells: cellArea(buildNetwork(config.model), config.geometry.size), fit: config.geometry },
    trained: from(maps),
    untrained: from(untrained),
  });

  const examples: Example[] = [];
  for (const { row, observation, outcome } of chosen) {
    const column = observationIndex(observation);
    const { pixels } = await predicting.films.batch(Uint32Array.of(positionOf(row)));
    examples.push({
      observation,
      outcome,
      probability: test.probabilities[row * OBSERVATION_COUNT + column]!,
      threshold: thresholds[column]!,
      pixels,
      size: config.geometry.size,
      map: mapOf(from(maps)(row), column),
      boxes: boxesOf(row)
        .filter((box) => box.observation === observation)
        .map((box) => rectangleToSquare(box, sizeOf(row), config.geometry)),
    });
  }
  return { localisation, examples };
}

/** Heat maps of the same networks with the random weights of their seeds, also where training began with others. */
async function explainUntrained(
  positions: Uint32Array,
  { model, geometry, training }: RunConfig,
  predicting: Predicting,
): Promise<Map<number, FilmMaps>> {
  if (positions.length === 0) return new Map();
  const network = buildNetwork(model);
  const members = training.seeds.map((seed) => initialWeights(network, seed));
  const served = { model, size: geometry.size };
  return withServingGraph(writeServingGraph({ ...served, members }), served, (graph: ServingGraph) =>
    explain(positions, { ...predicting, graph }),
  );
}

const distinct = (positions: Iterable<number>): Uint32Array => Uint32Array.from(new Set(positions));
