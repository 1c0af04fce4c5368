import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { registerDemo } from "../commands/demo.ts";
import { registerDoctor } from "../commands/doctor.ts";
import { registerImportWeights } from "../commands/import-weights.ts";
import { registerInspect } from "../commands/inspect.ts";
import { registerMetrics } from "../commands/metrics.ts";
import { registerModels } from "../commands/models.ts";
import { registerPredict } from "../commands/predict.ts";
import { registerRun } from "../commands/run.ts";
import { registerRuns } from "../commands/runs.ts";
import { registerServe } from "../commands/serve.ts";
import { registerStage } from "../commands/stage.ts";
import { registerSteps } from "../commands/steps.ts";
import { registerValidateExternal } from "../commands/validate-external.ts";

/** Every command, ready to parse; wrong calls are thrown as CommanderErrors. */
export function createProgram(): Command {
  const program = new Command("hilum")
    .description("Chest x-ray films and labels in, explained predictions out. Not for clinical use.")
    .version(packageJson.version)
    .option("--verbose", "tell where an error came from")
    .showHelpAfterError("(--help shows what is possible)")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "hilum: ")) })
    .on("option:verbose", () => {
      process.env.HILUM_VERBOSE = "1";
    })
    .addHelpText(
      "after",
      `
Exit codes: 0 done, 64 the input is wrong, 75 temporary (try again), 130 stopped with Ctrl-C, 1 a fault of ours.

Start with:
  $ hilum demo                     train on generated films, then open the page it prints
  $ hilum predict film.png         14 probabilities for a film
`,
    );

  for (const register of [
    ...[
      registerDemo,
      registerRun,
      registerPredict,
      registerServe,
      registerRuns,
      registerModels,
      registerMetrics,
      registerValidateExternal,
      registerInspect,
      registerImportWeights,
      registerDoctor,
      registerStage,
      registerSteps,
    ],
  ]) {
    register(program);
  }
  return program;
}
