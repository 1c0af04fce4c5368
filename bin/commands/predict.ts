import type { Command } from "commander";
import { Option } from "commander";
import { EXIT } from "../../lib/domain/errors.ts";
import { OBSERVATIONS, type Observation } from "../../lib/domain/observations.ts";
import { openStore } from "../../lib/store/open.ts";
import { locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";
import { tellPrediction } from "../cli/tell-prediction.ts";

interface PredictOptions {
  readonly store: string;
  readonly model?: string;
  readonly explain?: string;
  readonly observation?: readonly Observation[];
  readonly json?: boolean;
}

export function registerPredict(program: Command): void {
  program
    .command("predict")
    .description("14 probabilities for each film: PNG, JPEG, TIFF, WebP or DICOM")
    .argument("<file...>", "films")
    .addOption(option.store())
    .addOption(option.model())
    .option("--explain <folder>", "write heat maps over the film there, as PNG of the film's own size")
    .addOption(
      new Option(
        "--observation <name...>",
        "whose heat maps; the positive findings, or the likeliest one, if left out",
      ).choices(OBSERVATIONS),
    )
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum predict film.png other.dcm --explain heat-maps --json\n")
    .action(predict);
}

/** Each film for itself, in order; a film that is refused does not stop the others, but the exit code tells. */
async function predict(files: readonly string[], options: PredictOptions): Promise<void> {
  const { models, model } = await locateModel(options.model, options.store);
  const [{ openPredictor }, { predictFile }] = await Promise.all([
    import("../../lib/inference/predictor.ts"),
    import("../cli/predict-file.ts"),
  ]);
  const predictor = await openPredictor({ models: openStore(models), model });
  const { explain, observation, json } = options;
  try {
    for (const file of files) {
      const { result, exitCode } = await predictFile(predictor, file, {
        ...(explain !== undefined && { explain }),
        ...(observation && { observations: observation }),
      });
      // The gravest counts where several fail: our bug, then wrong input, then what may pass.
      if (exitCode !== EXIT.done) process.exitCode = graver(process.exitCode, exitCode);
      process.stdout.write(json ? `${JSON.stringify(result)}\n` : tellPrediction(result));
    }
  } finally {
    await predictor.close();
  }
}

const GRAVITY = [EXIT.done, EXIT.temporary, EXIT.input, EXIT.bug] as const;

const graver = (a: string | number | undefined, b: number): number =>
  GRAVITY.findLast((code) => code === Number(a ?? EXIT.done) || code === b) ?? EXIT.bug;
