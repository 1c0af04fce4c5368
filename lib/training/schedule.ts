import type { TrainingConfig } from "../contracts/run-config.ts";

/** Factor of the learning rate at a share of the way, 0 at the end of the warm-up and 1 at the end of training. */
const SCHEDULES: Record<TrainingConfig["schedule"], (share: number) => number> = {
  constant: () => 1,
  /** Half a cosine down to 0 (Loshchilov and Hutter 2017, without restarts). */
  cosine: (share) => (1 + Math.cos(Math.PI * share)) / 2,
};

export type ScheduleConfig = Pick<TrainingConfig, "learningRate" | "schedule" | "warmupSteps">;

/** Learning rate of a step, counted from 0; rises evenly through the warm-up, reaching its full height at the end. */
export function learningRateAt(config: ScheduleConfig, step: number, totalSteps: number): number {
  const { learningRate, schedule, warmupSteps } = config;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  return learningRate * SCHEDULES[schedule]((step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
}
