import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { roomsOf } from "../../../lib/store/open.ts";
import type { StepFunctions } from "../../step-functions.ts";
import { stubEnvironment } from "../../stub-environment.ts";

/** As EventBridge delivers it, less what nobody reads. */
export const arrival = (key: string, time = "2026-01-01T00:00:00Z") => ({
  version: "0",
  "detail-type": "Object Created",
  source: "aws.s3",
  time,
  detail: { version: "0", bucket: { name: "incoming" }, object: { key, size: 0, sequencer: "00617F08299329D189" } },
});

/** The environment of the function that hears of arrivals, over a store with a folder `incoming`. */
export function stubArrivals(steps: StepFunctions, store: string, more: object = {}): void {
  const config = RunConfig.parse({ name: "arrived", model: { network: "densenet-mini" }, ...more });
  stubEnvironment({
    ...steps.environment,
    ...roomsOf(store),
    HILUM_STAGE: "test",
    HILUM_STATE_MACHINE: steps.machine,
    HILUM_INCOMING: `${store}/incoming`,
    HILUM_CONFIG: JSON.stringify(config),
  });
}
