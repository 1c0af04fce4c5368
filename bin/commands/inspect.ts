import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { Option } from "commander";
import type { Inspection } from "../../lib/contracts/inspection.ts";
import { Division, divisionOf, type Protocol } from "../../lib/contracts/run-config.ts";
import { EXIT, InputError, reportError } from "../../lib/domain/errors.ts";
import { POLICY_NAMES } from "../../lib/domain/label-policy.ts";
import { option } from "../cli/options.ts";

interface InspectOptions {
  readonly csv?: readonly string[];
  readonly config?: string;
  readonly policy?: string;
  readonly protocol?: Protocol;
  readonly split?: "as-given";
  readonly upsample?: string;
  readonly notLabelled?: string;
  readonly seed?: number;
  readonly html?: string;
  readonly json?: boolean;
}

const KEYS = `
Keys of --json:
  rows                  read, used, leftOut (by reason), unlabelled
  patients, policy, notLabelled, protocol, division, salt, files (file, rows)
  split                 train, tuning, calibration, test: rows and patients, before up-sampling
  upsampling            rule, rowsBefore, rowsAfter
  splitAfterUpsampling  the same four parts
  leakage               testFilms, testFilmsInTraining, testPatients, testPatientsInTraining
  readers               share, alone, readers: reader, rows, train, leftOut, positives (14); null without readers' films
  observations          by name: labels (positive, negative, uncertain, blank, notLabelled: nobody looked for it),
                        positives, negatives, ignored (under the policy), factor, prevalenceBefore, prevalenceAfter
  correlation           14 x 14, of the positives
  alsoPositive          14 x 14: of the rows that up-sampling adds for one observation, the share positive for each
  folder                of a folder: forms (file, form, columns), films (there, missing), ownPatients, beside, passedOver
  subjects              source, sex, age, view: rows by value

Example:
  $ hilum inspect --csv train.csv --csv valid.csv --protocol published --upsample published --json
  $ hilum inspect --csv films/train.csv --config presets/smoke.json
  $ hilum inspect films/
`;

export function registerInspect(program: Command): void {
  program
    .command("inspect")
    .description(
      "what labels, splits and up-sampling come to, from the CSV files alone; of a folder, what its files are taken for too",
    )
    .argument(
      "[folder]",
      "a data folder, or s3:// prefix: its files are found as a run finds them, and its films looked for",
    )
    .addOption(
      new Option("--csv <file>", "CSV file; again for each that is to be appended").argParser(
        (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
      ),
    )
    .option(
      "--config <preset|file>",
      "a run's configuration: what such a run would be made of; options below go before it",
    )
    .option("--policy <policy>", `${POLICY_NAMES.join(", ")}, or a JSON file with a policy (default: "u-ones")`)
    .addOption(option.protocol())
    .addOption(
      new Option(
        "--split <division>",
        "the test part as the data set divides itself; drawn by patient if left out",
      ).choices([Division.enum["as-given"]]),
    )
    .option("--upsample <rule>", 'published, none, or a JSON file with factors by observation (default: "none")')
    .option("--not-labelled <json>", "observations by source whose labels do not count, as a configuration has them")
    .addOption(option.seed("another seed splits and shuffles in another way (default: 1)").default(undefined))
    .option("--html <file>", "write a page with tables and plots there")
    .addOption(option.json())
    .addHelpText("after", KEYS)
    .action(inspectFiles);
}

async function inspectFiles(folder: string | undefined, options: InspectOptions): Promise<void> {
  const { csv = [], json, html } = options;
  if ((folder === undefined) === (csv.length === 0)) {
    throw new InputError("usage", "inspect: expected either a folder or --csv FILE, again for each file");
  }
  const [{ inspect }, { readLabels }, { inspectionSettings, openCsv, openFolder }, { tellInspection }] =
    await Promise.all([
      import("../../lib/data/inspect.ts"),
      import("../../lib/data/manifest.ts"),
      import("../cli/inspection-input.ts"),
      import("../cli/tell-inspection.ts"),
    ]);
  const settings = await inspectionSettings(options);
  const read =
    folder === undefined
      ? { manifest: await readLabels(await Promise.all(csv.map(openCsv))) }
      : await openFolder(folder, settings, divisionOf(settings.split));
  const inspection: Inspection = {
    ...(await inspect(read.manifest, settings)),
    ...("folder" in read && { folder: read.folder }),
  };
  if (html !== undefined) {
    const { renderInspection } = await import("../../lib/report/inspection.ts");
    await writePage(html, await renderInspection(inspection));
  }
  process.stdout.write(json ? `${JSON.stringify(inspection)}\n` : tellInspection(inspection));
}

/** @throws InputError `html` where no file can be */
async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (cause) {
    if (reportError(cause).exitCode === EXIT.temporary) throw cause;
    throw new InputError("html", `${file}: cannot be written (${(cause as Error).message})`, { cause });
  }
}
