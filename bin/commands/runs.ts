import type { Command } from "commander";
import { option } from "../cli/options.ts";
import { compare } from "../cli/runs/compare.ts";
import type { ExportOptions } from "../cli/runs/export.ts";
import { printRuns } from "../cli/runs/list.ts";
import { remove } from "../cli/runs/remove.ts";
import type { ResumeOptions } from "../cli/runs/resume.ts";
import { type RunsOptions, type RunsPlace, runsUri } from "../cli/runs/runs-room.ts";
import { showRun } from "../cli/runs/show.ts";

export function registerRuns(program: Command): void {
  const runs = program
    .command("runs")
    .description("the runs of a store or a deployed stage, finished, failed and under way");
  const placed = (command: Command): Command =>
    command.addOption(option.store()).addOption(option.stage()).addOption(option.runs());
  const command = (name: string, description: string, example: string): Command =>
    placed(runs.command(name, { isDefault: name === "list" }))
      .description(description)
      .addOption(option.json())
      .addHelpText("after", `\nExample:\n  $ hilum runs ${example}\n`);

  command("list", "every run, newest first; or those that have all of some words", "list failed densenet121")
    .argument("[words...]", "of a name, description, status, state, failure, network or data set")
    .action((words: string[], options: RunsOptions) => {
      // Without its name it takes none: a command that is not there is no search.
      if (words.length > 0 && runs.args[0] !== "list") runs.error(`error: unknown command '${words[0]}'`);
      return printRuns(words, options);
    });
  command("show", "a run's states, curves and figures, as far as it has come", "show demo-1a2b3c4d")
    .argument("<run>", "the run's name")
    .addHelpText(
      "after",
      "\nTIME is what a step took by itself. While a run goes on, its line counts the start of the step's process too; the report counts\nthe epochs alone.\n",
    )
    .action(showRun);
  command("compare", "what tells runs apart: data, settings, figures, curves", "compare demo-1a2b3c4d demo-5e6f7a8b")
    .argument("<runs...>", "two or more")
    .action(compare);
  runs
    .command("resume")
    .description("go on with a run that failed or was stopped; steps that are done are skipped")
    .argument("<run>", "the run's name")
    .addOption(option.store())
    .addOption(option.device())
    .addOption(option.parallel())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum runs resume demo-1a2b3c4d\n")
    .action(async (run: string, options: ResumeOptions) => {
      const { resume } = await import("../cli/runs/resume.ts");
      await resume(run, options);
    });
  placed(runs.command("serve"))
    .description("the run page alone, for a store that has no model yet; hilum serve and demo have it too")
    .addOption(option.port())
    .addHelpText("after", "\nExample:\n  $ hilum runs serve --store .hilum/store --port 8080\n")
    .action(async ({ port, ...place }: RunsPlace & { readonly port?: number }) => {
      const { watchUntilStopped } = await import("../cli/serve.ts");
      await watchUntilStopped(await runsUri(place), port);
    });
  command("export", "a run's page as one file, beside its report: to keep, to send, to look at", "export demo-1a2b3c4d")
    .argument("<run>", "the run's name")
    .option("--out <file>", "where to write it instead")
    .action(async (run: string, options: ExportOptions) => {
      const { exportRun } = await import("../cli/runs/export.ts");
      await exportRun(run, options);
    });
  command("remove", "delete what a run wrote; its model and its data set's shards stay", "remove demo-1a2b3c4d --yes")
    .argument("<run>", "the run's name")
    .option("--yes", "do it")
    .action(remove);
}
