import type { TrainingConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";

/** How one member of a run trains: what the run says, changed by the sweep's entry of the member. */
export interface MemberConfig {
  readonly seed: number;
  readonly training: TrainingConfig;
}

/** @throws InputError `no-seed` where the run has no such member */
export function memberConfig(training: TrainingConfig, member: number): MemberConfig {
  const seed = training.seeds[member];
  if (seed === undefined) {
    const expected = `expected an index below ${training.seeds.length}, the number of training.seeds`;
    throw new InputError("no-seed", `train: member ${member}, ${expected}`);
  }
  // A configuration was JSON: a setting is there or not, and never undefined.
  const changes = training.sweep[member] as Partial<TrainingConfig> | undefined;
  return { seed, training: { ...training, ...changes } };
}
