import { TrainerEnvironment } from "../../lib/contracts/environment.ts";
import { runProgram } from "../../lib/steps/program.ts";
import { trainMember } from "../../lib/training/train-member.ts";

await runProgram({ step: "train", array: true, environment: TrainerEnvironment }, trainMember);
