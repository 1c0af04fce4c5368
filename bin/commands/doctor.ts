import { type Command, Option } from "commander";
import { EXIT } from "../../lib/domain/errors.ts";
import { option } from "../cli/options.ts";
import { printFindings } from "../cli/tell-findings.ts";

interface DoctorOptions {
  readonly store: string;
  readonly aws?: boolean;
  readonly stage?: string;
  readonly json?: boolean;
}

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what this machine, or an AWS account, has and lacks, and how to mend it")
    .addOption(option.store())
    .addOption(new Option("--aws", "look at the account and region of the AWS profile, for a stage"))
    .addOption(option.stage())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum doctor\n  $ hilum doctor --aws --stage dev\n")
    .action(async (options: DoctorOptions) => {
      const findings = options.aws || options.stage !== undefined ? await ofAccount(options) : await ofMachine(options);
      printFindings(findings, options.json);
      if (findings.some((finding) => finding.state === "bad")) process.exitCode = EXIT.input;
    });
}

async function ofMachine({ store }: DoctorOptions) {
  const { examineMachine } = await import("../cli/doctor-checks.ts");
  return examineMachine(store);
}

async function ofAccount({ stage }: DoctorOptions) {
  const { examineStage } = await import("../cli/stage/examine.ts");
  return examineStage(stage);
}
