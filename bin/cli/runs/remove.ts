import { InputError } from "../../../lib/domain/errors.ts";
import { counted } from "../../../lib/report/format.ts";
import { planRemoval, removeRun } from "../../../lib/runs/remove-run.ts";
import { openRuns, type RunsOptions } from "./runs-room.ts";

export interface RemoveOptions extends RunsOptions {
  readonly yes?: boolean;
}

/** Removes a run's objects once `--yes` says so; says what stays. */
export async function remove(run: string, { yes, json, ...place }: RemoveOptions): Promise<void> {
  const room = await openRuns(place);
  if (!yes) {
    const { objects, bytes, stays } = await planRemoval(room, run);
    const what = `${counted(objects, "object")}, ${(bytes / 1e6).toFixed(1)} MB`;
    const lost = stays.model === null ? "" : `, and nothing could be compared with its model ${stays.model} any more`;
    throw new InputError("unconfirmed", `run ${run}: ${what} would be gone for good${lost}; say --yes to remove them`);
  }
  const removal = await removeRun(room, run);
  if (json) return console.log(JSON.stringify(removal));
  const { model, dataset } = removal.stays;
  const stays = [
    ...(model === null ? [] : [`model version ${model}`]),
    ...(dataset === null ? [] : [`the shards of data set ${dataset.slice(0, 16)}…`]),
  ];
  const left = stays.length > 0 ? ` What stays: ${stays.join(" and ")}.` : "";
  console.log(`${run}: ${counted(removal.objects, "object")} removed.${left}`);
}
