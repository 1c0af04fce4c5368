import type { Observation } from "../observations.ts";

/** Limits that a candidate must keep; GateConfig of lib/contracts/run-config.ts describes each. */
export interface GateRules {
  readonly margin: number;
  readonly observationMargin: number;
  readonly sensitivityMargin: number;
  readonly widestMargin: number;
  readonly confidence: number;
  readonly minMeanAuroc: number;
  readonly minAuroc: Readonly<Partial<Record<Observation, number>>>;
  readonly maxCalibrationError: number;
  readonly maxSubgroupGap: number;
  readonly bootstrap: number;
}
