import type { Command } from "commander";
import type { Protocol } from "../../lib/contracts/run-config.ts";
import { loadConfig } from "../cli/config.ts";
import { option } from "../cli/options.ts";
import { stoppable } from "../cli/stop.ts";
import { printRun } from "../cli/tell-run.ts";

interface RunOptions {
  readonly data: string;
  readonly config: string;
  readonly protocol?: Protocol;
  readonly followLinks?: boolean;
  readonly leaveOutMissing?: boolean;
  readonly store: string;
  readonly stage?: string;
  readonly device?: "cpu" | "gpu";
  readonly parallel: number;
  readonly json?: boolean;
}

export function registerRun(program: Command): void {
  program
    .command("run")
    .description("train, evaluate and promote a model on films and labels in CheXpert's format")
    .addOption(option.data().makeOptionMandatory())
    .requiredOption("--config <preset>", "name of a preset (presets/), or a file of the same form")
    .addOption(option.protocol())
    .addOption(option.followLinks())
    .option("--leave-out-missing", "make the run of the films that are there, where some rows' films are not")
    .addOption(option.store())
    .addOption(option.stage().conflicts(["device", "parallel"]))
    .addOption(option.device())
    .addOption(option.parallel())
    .addOption(option.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ hilum run --data CheXpert-v1.0-small --config smoke --store .hilum/store\n  $ hilum run --stage dev --data s3://INCOMING-BUCKET/NAME --config densenet121-ensemble\n",
    )
    .action(async (options: RunOptions) => {
      const { protocol, stage, followLinks, leaveOutMissing } = options;
      const named = await loadConfig(options.config);
      const config = {
        ...named,
        ...(protocol && { protocol }),
        data: {
          ...named.data,
          links: followLinks ? ("follow" as const) : named.data.links,
          missing: leaveOutMissing ? ("leave-out" as const) : named.data.missing,
        },
      };
      if (stage !== undefined) {
        const { startStageRun } = await import("../cli/stage/run.ts");
        const work = (signal: AbortSignal) => startStageRun({ stage, data: options.data, config, signal });
        return printRun(await stoppable("the run goes on; the same command follows it again", work), options.json);
      }
      const { startRun } = await import("../cli/start-run.ts");
      const report = await stoppable("the same command goes on from here", (signal) =>
        startRun({ ...options, config, signal }),
      );
      printRun(report, options.json);
    });
}
