import { openTrainingData } from "../../lib/data/training-data.ts";
import { evaluateRun } from "../../lib/evaluation/evaluate-run.ts";
import { runProgram } from "../../lib/steps/program.ts";

await runProgram({ step: "evaluate" }, async (context) => {
  const data = await openTrainingData(context.rooms, context.run);
  try {
    return await evaluateRun(context, data);
  } finally {
    await data.close();
  }
});
