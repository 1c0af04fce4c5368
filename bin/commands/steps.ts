import type { Command } from "commander";
import { runKeys } from "../../lib/contracts/layout.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";
import type { FUNCTION_STEPS } from "../../lib/workflow/functions.ts";
import { JOB_STEPS } from "../../lib/workflow/jobs.ts";
import { oneStep } from "../../lib/workflow/one-step.ts";
import { option } from "../cli/options.ts";
import { asPath } from "../cli/places.ts";
import { stoppable } from "../cli/stop.ts";

interface StepOptions {
  readonly run: string;
  readonly store: string;
  readonly index?: number;
  readonly device?: "cpu" | "gpu";
}

const DESCRIPTIONS = {
  validate: "read the CSV files",
  plan: "split by patient and count labels",
  prepare: "films to shards",
  merge: "shards to a data set",
  upsample: "write the epoch plan",
  train: "train a member",
  evaluate: "make the model version, judge it and write the report",
  gate: "decide whether the model is promoted",
  promote: "point production at the model",
  notify: "write how the run ended",
} as const;

/** One command a step of a run whose request stands in the store; a step that is done does nothing. */
export function registerSteps(program: Command): void {
  program.commandsGroup("Steps of a run, one by one:");
  for (const [name, description] of Object.entries(DESCRIPTIONS)) {
    const step = name as keyof typeof DESCRIPTIONS;
    const isJob = (JOB_STEPS as readonly string[]).includes(step);
    const command = program
      .command(step)
      .description(description)
      .requiredOption("--run <id>", "the run's name")
      .addOption(option.store())
      .addHelpText("after", `\nExample:\n  $ hilum ${step} --store .hilum/store --run demo-1a2b3c4d\n`)
      .action(async ({ run, ...options }: StepOptions) => {
        const { execute } = await import("../cli/execute.ts");
        const { runs } = openRooms(roomsOf(options.store));
        if (!(await runs.head(runKeys(run).request))) {
          throw new InputError("no-such-run", `${asPath(runs.uri)}: no run ${run}; make one with bin/hilum run`);
        }
        await stoppable("the same command goes on from here", (signal) =>
          execute({ ...options, run, signal, definition: oneStep(step) }),
        );
      });
    if (isJob) command.addOption(option.index());
    if (step === "train") command.addOption(option.device());
  }
}

/** Every step has its command. */
DESCRIPTIONS satisfies Record<(typeof FUNCTION_STEPS)[number] | (typeof JOB_STEPS)[number], string>;
