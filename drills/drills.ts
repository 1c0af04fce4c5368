import { bombs } from "./drill/bombs.ts";
import { canary } from "./drill/canary.ts";
import { crowd } from "./drill/crowd.ts";
import { decoders } from "./drill/decoders.ts";
import { diskFull } from "./drill/disk-full.ts";
import { doors } from "./drill/doors.ts";
import { events } from "./drill/events.ts";
import { formulas } from "./drill/formulas.ts";
import { fuzz } from "./drill/fuzz.ts";
import { killPipeline } from "./drill/kill-pipeline.ts";
import { killPrepare } from "./drill/kill-prepare.ts";
import { killTraining } from "./drill/kill-training.ts";
import { modelDamage } from "./drill/model-damage.ts";
import { paths } from "./drill/paths.ts";
import { poison } from "./drill/poison.ts";
import { promoteUnderLoad } from "./drill/promote-under-load.ts";
import { promotions } from "./drill/promotions.ts";
import { prototypes } from "./drill/prototypes.ts";
import { recover } from "./drill/recover.ts";
import { s3Faults } from "./drill/s3-faults.ts";
import { slow } from "./drill/slow.ts";
import { spot } from "./drill/spot.ts";
import { stall } from "./drill/stall.ts";
import { starve } from "./drill/starve.ts";
import { swap } from "./drill/swap.ts";
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
  recover,
  swap,
  starve,
  "promote-under-load": promoteUnderLoad,
  slow,
  stall,
  crowd,
  canary,
  paths,
  formulas,
  prototypes,
  promotions,
  poison,
  events,
  fuzz,
  decoders,
  doors,
  bombs,
};
