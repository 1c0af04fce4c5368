import type { Rectangle } from "../domain/geometry.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import type { HeatGrid } from "../imaging/heat.ts";
import type { Prediction } from "./prediction.ts";

/** The map of one observation; `area` is what the grid covers, in film pixels. */
export function heatGrid({ maps }: Prediction, observation: number, area: Rectangle): HeatGrid {
  if (maps === null) throw new Error("the prediction was made without maps");
  const places = maps.values.length / OBSERVATION_COUNT;
  const values = maps.values.subarray(observation * places, (observation + 1) * places);
  return { rows: maps.rows, columns: maps.columns, values, area };
}
