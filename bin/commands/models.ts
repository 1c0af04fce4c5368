import type { Command } from "commander";
import { promoteModel, rollbackModel } from "../cli/models/change.ts";
import { diffModels } from "../cli/models/diff.ts";
import { listModels } from "../cli/models/list.ts";
import { showModel } from "../cli/models/show.ts";
import { verifyModels } from "../cli/models/verify.ts";
import { option } from "../cli/options.ts";
import { type Place, roomsAt } from "../cli/rooms-at.ts";

const PLACE = "a version, a channel, or a place as --model takes it; production if left out";

export function registerModels(program: Command): void {
  const models = program
    .command("models")
    .description("the model versions of a store or of a deployed stage")
    .hook("preAction", async (_, action) => {
      const place = action.opts<Place>();
      if (place.stage !== undefined) action.setOptionValue("store", (await roomsAt(place)).HILUM_MODELS);
    });
  const command = (name: string, description: string, example: string): Command =>
    models
      .command(name, { isDefault: name === "list" })
      .description(description)
      .addOption(option.store())
      .addOption(option.stage())
      .addOption(option.json())
      .addHelpText("after", `\nExample:\n  $ hilum models ${example}\n`);

  command(
    "list",
    "every version, newest first, with the channels that point at it",
    "list --store .hilum/store",
  ).action(listModels);
  command("show", "all that is known of one version", "show candidate").argument("[model]", PLACE).action(showModel);
  command("diff", "what tells two versions apart", "diff previous production")
    .argument("<model>", "a version or a channel, as show takes it")
    .argument("[other]", PLACE)
    .action(diffModels);
  command(
    "promote",
    "put a version in production by hand, past the gate; its files are hashed first",
    "promote candidate",
  )
    .argument("<model>", "a version or a channel, as show takes it")
    .action(promoteModel);
  command(
    "rollback",
    "swap the version in production with the one before it; a second time swaps them back",
    "rollback",
  ).action(rollbackModel);
  command("verify", "hash every file of a version, or of all, and compare with what was published", "verify")
    .argument("[model]", "a version or a channel; all versions if left out")
    .action(verifyModels);
}
