import { type Command, Option } from "commander";
import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { RunConfig as Config } from "../../lib/contracts/run-config.ts";
import { POLICY_NAMES } from "../../lib/domain/label-policy.ts";
import { resolveVersion } from "../../lib/registry/channels.ts";
import { openRooms, openStore, roomsOf, storeOfRoom } from "../../lib/store/open.ts";
import { locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";
import { asPath } from "../cli/places.ts";
import { stoppable } from "../cli/stop.ts";
import { tellValidation } from "../cli/tell-validation.ts";

interface ValidateExternalOptions {
  readonly store: string;
  readonly model?: string;
  readonly data: string;
  readonly views?: RunConfig["views"];
  readonly policy?: string;
  readonly followLinks?: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function registerValidateExternal(program: Command): void {
  program
    .command("validate-external")
    .description("a stored model on another hospital's films, beside its own figures; trains nothing")
    .addOption(option.data().makeOptionMandatory())
    .addOption(option.model())
    .addOption(option.store())
    .addOption(
      new Option("--views <view...>", "whose films; those that the model learned from if left out").choices(
        Config.shape.views.unwrap().element.options,
      ),
    )
    .option(
      "--policy <policy>",
      `${POLICY_NAMES.join(", ")}, or a JSON file with a policy; the model's own if left out`,
    )
    .addOption(option.followLinks())
    .addOption(option.seed("another seed deals patients otherwise, to choose thresholds anew"))
    .option("--out <folder>", "copies of the validation, its report, predictions and labels there")
    .addOption(option.json())
    .addHelpText(
      "after",
      `
The field calls this external validation (TRIPOD+AI); \`validate\` by itself is the first step of a run, which reads CSV
files. Films that the model was fitted on, and all others of their patients, are counted and left out. The thresholds are
judged as they are, and chosen anew by cross-fitting over patients. The result stands beside the version in the model's
store; \`models show\` and \`runs show\` list it; version and channels stay as they are. Stopped, the same call goes on.

Example:
  $ hilum validate-external --model .hilum/store#production --data nih-chestxray14 --out validation
`,
    )
    .action(validate);
}

/**
 * Where our own kernels answer, TensorFlow only reads films, without oneDNN as in a run (containers/prepare): it has no
 * kernel there, and TensorFlow would announce it on stderr.
 */
async function useFilmReader(): Promise<void> {
  const { bestKernels } = await import("../../lib/engine/network-addon.ts");
  const own = process.env.TF_ENABLE_ONEDNN_OPTS;
  // Before any addon is loaded, which settles it.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
  if (own === undefined && bestKernels() === "plain") delete process.env.TF_ENABLE_ONEDNN_OPTS;
}

async function validate(options: ValidateExternalOptions): Promise<void> {
  const [{ filesOfValidation, validateExternal }, { phases }, { readPolicy }] = await Promise.all([
    import("../../lib/evaluation/external/validate-external.ts"),
    import("../cli/phases.ts"),
    import("../cli/inspection-input.ts"),
  ]);
  await useFilmReader();
  const location = await locateModel(options.model, options.store);
  const models = openStore(location.models);
  const version = await resolveVersion(models, location.model);
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy);
  const own = storeOfRoom("models", location.models);
  const rooms = openRooms(roomsOf(own ?? options.store));
  const screen = phases();
  try {
    const { validation, keys } = await stoppable("the same command goes on from here", (signal) =>
      validateExternal({
        ...{ models, version, policy, signal },
        datasets: rooms.datasets,
        runs: own === null ? null : rooms.runs,
        data: options.data,
        ...(options.followLinks && { links: "follow" as const }),
        views: options.views,
        seed: options.seed,
        reporter: screen.reporter,
      }),
    );
    screen.close();
    if (options.out !== undefined) {
      const { writeFiles } = await import("../cli/write-files.ts");
      await writeFiles(options.out, await filesOfValidation(models, keys));
    }
    if (options.json) console.log(JSON.stringify(validation));
    else process.stdout.write(tellValidation(validation, asPath(`${models.uri}/${keys.report}`)));
  } finally {
    screen.close();
  }
}
