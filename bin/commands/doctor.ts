import type { Command } from "commander";
import { EXIT } from "../../lib/domain/errors.ts";
import type { Finding } from "../cli/doctor-checks.ts";
import { option } from "../cli/options.ts";

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what this machine has and lacks, and how to mend it")
    .addOption(option.store())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum doctor\n")
    .action(async ({ store, json }: { store: string; json?: boolean }) => {
      const { CHECKS } = await import("../cli/doctor-checks.ts");
      const findings: (Finding & { name: string })[] = [];
      for (const [name, check] of Object.entries(CHECKS)) findings.push({ name, ...(await check(store)) });
      if (json) console.log(JSON.stringify(findings));
      else for (const finding of findings) console.log(tell(finding));
      if (findings.some((finding) => finding.state === "bad")) process.exitCode = EXIT.input;
    });
}

const MARKS = { good: "ok   ", doubtful: "doubt", bad: "bad  " } as const;

const tell = ({ name, state, found, mend }: Finding & { name: string }): string =>
  `${MARKS[state]}  ${name.padEnd(12)} ${found}${mend === undefined ? "" : `\n${" ".repeat(20)}${mend}`}`;
