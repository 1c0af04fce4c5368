import type { Command } from "commander";
import { option } from "../cli/options.ts";
import type { EmptyOptions } from "../cli/stage/empty.ts";

interface StageOptions {
  readonly stage: string;
  readonly json?: boolean;
}

/** What is asked of a deployed stage alone; on one machine a run is drawn where it runs. */
export function registerStage(program: Command): void {
  program
    .command("status")
    .description("the runs of a deployed stage, or how far one has come")
    .addOption(option.stage().makeOptionMandatory())
    .addOption(option.json())
    .argument("[run]", "name of a run; the newest runs are listed if left out")
    .addHelpText(
      "after",
      "\nExample:\n  $ hilum status --stage dev\n  $ hilum status --stage dev densenet121-ensemble-1a2b3c4d\n",
    )
    .action(async (run: string | undefined, options: StageOptions) => {
      const { listRuns, showRun } = await import("../cli/stage/status.ts");
      await (run === undefined ? listRuns(options) : showRun(run, options));
    });
  program
    .command("logs")
    .description("what a step of a run wrote, on a deployed stage")
    .addOption(option.stage().makeOptionMandatory())
    .addOption(option.json())
    .argument("<run>", "name of a run")
    .argument("[step]", "a step that it has come to; the one that failed, otherwise the last, if left out")
    .addHelpText("after", "\nExample:\n  $ hilum logs --stage dev densenet121-ensemble-1a2b3c4d train\n")
    .action(async (run: string, step: string | undefined, options: StageOptions) => {
      const { showLogs } = await import("../cli/stage/logs.ts");
      await showLogs(run, step, options);
    });
  program
    .command("empty")
    .description("remove everything from the buckets of a deployed stage, so that cdk destroy can remove them")
    .addOption(option.stage().makeOptionMandatory())
    .option("--bucket <names...>", "these alone, such as incoming or runs; needed where the stage keeps its data")
    .option("--dry-run", "say what would go")
    .option("--yes", "do it without asking")
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum empty --stage dev --dry-run\n  $ hilum empty --stage dev\n")
    .action(async (options: EmptyOptions) => {
      const { emptyStage } = await import("../cli/stage/empty.ts");
      await emptyStage(options);
    });
}
