import { prepare } from "../../lib/data/steps/prepare.ts";
import { runProgram } from "../../lib/steps/program.ts";

await runProgram({ step: "prepare", array: true }, (context) => prepare(context));
