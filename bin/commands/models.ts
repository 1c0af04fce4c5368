import type { Command } from "commander";
import type { ModelVersion } from "../../lib/contracts/model-version.ts";
import { forEachObservation } from "../../lib/domain/observations.ts";
import { operatingPointText } from "../../lib/domain/operating-point.ts";
import { CHANNEL_NAMES, readChannels, resolveVersion } from "../../lib/registry/channels.ts";
import { listVersions, loadVersion } from "../../lib/registry/versions.ts";
import { openStore } from "../../lib/store/open.ts";
import { locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";

interface ModelsOptions {
  readonly store: string;
  readonly json?: boolean;
}

export function registerModels(program: Command): void {
  const models = program.command("models").description("the model versions of a store");
  models
    .command("list", { isDefault: true })
    .description("every version, newest first, with the channels that point at it")
    .addOption(option.store())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum models list --store .hilum/store\n")
    .action(list);
  models
    .command("show")
    .description("all that is known of one version")
    .argument("[model]", "a version, a channel, or a place as --model takes it; production if left out")
    .addOption(option.store())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum models show candidate\n")
    .action(show);
}

async function list({ store, json }: ModelsOptions): Promise<void> {
  const models = openStore((await locateModel("production", store)).models);
  const channels = await readChannels(models);
  const versions: ModelVersion[] = [];
  for await (const id of listVersions(models)) versions.push(await loadVersion(models, id));
  versions.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const rows = versions.map(({ version, name, createdAt, meanAuroc, trainedOn }) => {
    const pointing = CHANNEL_NAMES.filter((channel) => channels[channel] === version);
    return { version, name, createdAt, meanAuroc, films: trainedOn.rows, run: trainedOn.run, channels: pointing };
  });
  if (json) return console.log(JSON.stringify(rows));
  for (const { version, name, createdAt, meanAuroc, channels: pointing } of rows) {
    const auroc = meanAuroc === null ? "AUROC -    " : `AUROC ${meanAuroc.toFixed(3)}`;
    console.log([version, createdAt.slice(0, 16).replace("T", " "), auroc, name, pointing.join(", ")].join("  "));
  }
}

async function show(place: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const location = await locateModel(place, store);
  const models = openStore(location.models);
  const version = await loadVersion(models, await resolveVersion(models, location.model));
  if (json) return console.log(JSON.stringify(version));
  const { trainedOn, geometry, model } = version;
  const lines = [
    ["Version", version.version],
    ["Name", version.name],
    ["Made", version.createdAt],
    ["Network", `${model.network}, ${geometry.size} x ${geometry.size}, ${trainedOn.seeds.length} member(s)`],
    ["Trained on", `${trainedOn.rows} films of ${trainedOn.patients} patients, run ${trainedOn.run}`],
    ["Mean AUROC", version.meanAuroc === null ? "not defined" : version.meanAuroc.toFixed(3)],
    ["Operating", operatingPointText(version.operatingPoint)],
    ...forEachObservation((name, index) => ["", `${name.padEnd(28)} ${version.thresholds[index]!.toFixed(3)}`]),
  ];
  for (const [label = "", text = ""] of lines) console.log(`${label.padEnd(12)}${text}`);
}
