import { statusText } from "../../../functions/api/runs-page/text.js";
import { InputError } from "../../../lib/domain/errors.ts";
import { compareRuns } from "../../../lib/runs/compare-runs.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import { interval, openRuns, type RunsOptions, table } from "./runs-room.ts";
import { epochRows } from "./show.ts";

/** What tells runs apart: data, settings, figures, curves. */
export async function compare(names: readonly string[], { json, ...place }: RunsOptions): Promise<void> {
  if (new Set(names).size < 2) throw new InputError("usage", "runs compare: expected two different runs or more");
  const room = await openRuns(place);
  const comparison = compareRuns(await Promise.all(names.map((name) => readRun(room, name))));
  if (json) return console.log(JSON.stringify(comparison));
  const { runs, data, config, figures, histories, sameData, cautions } = comparison;
  const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const head = (name: string) => [name, ...runs.map(({ run }) => run)];
  const facts = data.map(({ fact, values }) => [fact, ...values.map((value) => shown(value).slice(0, 16))]);
  console.log(table([head("DATA"), ["status", ...runs.map(({ status }) => statusText(status))], ...facts]));
  for (const { runs: of, caution } of cautions) console.log(`${of.join(", ")}: ${caution}`);
  if (!sameData) console.log("The runs have different data: their figures are not of the same films.");
  const settings = config.map(({ setting, values }) => [setting, ...values.map(shown)]);
  console.log(settings.length > 0 ? `\n${table([head("SETTING"), ...settings])}` : "\nNo setting differs.");
  const measured = figures.map(({ figure, values }) => [
    figure,
    ...values.map((value) => interval(value?.value, value?.interval)),
  ]);
  console.log(`\n${table([head("AUROC (95 %)"), ...measured])}`);
  const curves = histories.flatMap(({ run, history }) =>
    epochRows({ histories: [history] }).map((row) => [run, ...row]),
  );
  const columns = ["RUN", "MEMBER", "EPOCH", "LOSS", "TUNING LOSS", "TUNING AUROC", "IMAGES/S"];
  if (curves.length > 0) console.log(`\n${table([columns, ...curves])}`);
}
