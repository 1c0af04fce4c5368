import type { RoomsEnvironment } from "../contracts/environment.ts";
import { stackOutputs } from "./stacks.ts";

/** The three rooms of a deployed stage. @throws InputError `not-deployed` */
export async function stageRooms(stage: string): Promise<RoomsEnvironment> {
  const { DatasetsBucket, RunsBucket, ModelsBucket } = await stackOutputs(stage, "data");
  return {
    HILUM_DATASETS: `s3://${DatasetsBucket}`,
    HILUM_RUNS: `s3://${RunsBucket}`,
    HILUM_MODELS: `s3://${ModelsBucket}`,
  };
}
