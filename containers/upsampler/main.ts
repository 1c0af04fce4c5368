import { upsample } from "../../lib/data/steps/upsample.ts";
import { runProgram } from "../../lib/steps/program.ts";

await runProgram({ step: "upsample" }, upsample);
