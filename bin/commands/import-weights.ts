import { join } from "node:path";
import { Argument, type Command, Option } from "commander";
import { NetworkName } from "../../lib/contracts/run-config.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { cacheFolder } from "../../lib/setup/cache-folder.mjs";
import { openRooms } from "../../lib/store/open.ts";
import { option } from "../cli/options.ts";
import { roomsAt } from "../cli/rooms-at.ts";

interface ImportOptions {
  readonly backbone: NetworkName;
  readonly store: string;
  readonly stage?: string;
  readonly json?: boolean;
}

export function registerImportWeights(program: Command): void {
  program
    .command("import-weights")
    .description("bring weights that Keras saved into a store, for runs whose model.weights asks for them")
    .addArgument(new Argument("[file]", "a .h5 or .weights.h5 file; Keras's own ImageNet file is fetched if left out"))
    .addOption(
      new Option("--backbone <network>", "network of the file").choices(NetworkName.options).makeOptionMandatory(),
    )
    .addOption(option.store())
    .addOption(option.stage())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum import-weights --backbone densenet121 --store .hilum/store\n")
    .action(importFile);
}

async function importFile(given: string | undefined, { backbone, store, stage, json }: ImportOptions): Promise<void> {
  const { importWeights } = await import("../../lib/training/imported-weights.ts");
  const { file, source } = given === undefined ? await officialFile(backbone) : { file: given, source: undefined };
  const { models } = openRooms(await roomsAt({ store, stage }));
  const imported = await importWeights(models, { file, network: backbone, ...(source && { source }) });
  if (json) return console.log(JSON.stringify(imported));
  const { sha256, headWidth, channels, imagenet } = imported;
  const head = headWidth === null ? "no head" : `a head of width ${headWidth}`;
  console.log(`Imported ${backbone}, ${channels} channel(s), ${head}, SHA-256 ${sha256}`);
  console.log(`In a configuration: "weights": { "from": "${imagenet ? "imagenet" : sha256}" }`);
}

async function officialFile(backbone: NetworkName): Promise<{ file: string; source: string }> {
  const { IMAGENET_FILES } = await import("../../lib/model/keras/imagenet-files.ts");
  const { fetchWeights } = await import("../cli/fetch-weights.ts");
  const official = IMAGENET_FILES[backbone];
  if (official === undefined) {
    const known = Object.keys(IMAGENET_FILES).join(", ");
    throw new InputError("no-weights", `import-weights: Keras publishes no ${backbone}, expected a file or ${known}`);
  }
  console.error(`Fetching ${official.url}…`);
  return { file: await fetchWeights(official, join(cacheFolder(), "weights")), source: official.url };
}
