import { diskFull } from "./drill/disk-full.ts";
import { killPipeline } from "./drill/kill-pipeline.ts";
import { killPrepare } from "./drill/kill-prepare.ts";
import { killTraining } from "./drill/kill-training.ts";
import { modelDamage } from "./drill/model-damage.ts";
import { s3Faults } from "./drill/s3-faults.ts";
import { spot } from "./drill/spot.ts";
import { tornWrite } from "./drill/torn-write.ts";
import type { Drill } from "./drill.ts";

/** Every drill by its name. */
export const DRILLS: Readonly<Record<string, Drill>> = {
  "kill-training": killTraining,
  "kill-prepare": killPrepare,
  "kill-pipeline": killPipeline,
  spot,
  "torn-write": tornWrite,
  "disk-full": diskFull,
  "s3-faults": s3Faults,
  "model-damage": modelDamage,
};
