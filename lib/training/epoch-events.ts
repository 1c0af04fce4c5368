import { OBSERVATIONS } from "../domain/observations.ts";
import type { Scalar } from "./event-file.ts";
import type { Journal } from "./journal.ts";

/** What TensorBoard draws of the last epoch of a journal. */
export function epochEvents({ epochs, stepLoss }: Journal): Scalar[] {
  const epoch = epochs.at(-1);
  if (epoch === undefined) return [];
  const { step } = epoch;
  const before = epochs.at(-2)?.step ?? 0;
  const steps = stepLoss
    .filter(([at]) => at > before && at <= step)
    .map(([at, value]) => ({ tag: "loss/step", step: at, value }));
  const figures: readonly (readonly [tag: string, value: number | null])[] = [
    ["loss/train", epoch.trainLoss],
    ["loss/tuning", epoch.tuningLoss],
    ["auroc/mean", epoch.tuningMeanAuroc],
    ...OBSERVATIONS.map((name, i) => [`auroc by observation/${name}`, epoch.tuningAuroc[i] ?? null] as const),
    ["speed/images a second", epoch.imagesPerSecond],
    ["speed/share of waiting", epoch.waitShare],
  ];
  return [...steps, ...figures.flatMap(([tag, value]) => (value === null ? [] : [{ tag, step, value }]))];
}
