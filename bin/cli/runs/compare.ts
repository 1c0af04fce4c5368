import { statusText } from "../../../functions/api/runs-page/text.js";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { compareRuns, type Measured } from "../../../lib/runs/compare-runs.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import { interval, NOT_CLAIMED, openRuns, type RunsOptions, table } from "./runs-room.ts";
import { epochRows } from "./show.ts";

const isUnclaimed = (measured: Measured | null): boolean =>
  measured !== null && measured.value !== null && measured.mayClaim === false;

/** What tells runs apart: data, settings, figures, curves. */
export async function compare(names: readonly string[], { json, ...place }: RunsOptions): Promise<void> {
  if (new Set(names).size < 2) throw new InputError("usage", "runs compare: expected two different runs or more");
  const room = await openRuns(place);
  const views = await Promise.all(names.map((name) => readRun(room, name)));
  const { readTestedFilms } = await import("../../../lib/evaluation/tested-films.ts");
  const tested = await Promise.all(
    views.map(({ run, figures }) => figures && readTestedFilms(room, runKeys(run).predictions)),
  );
  const comparison = compareRuns(views, tested);
  if (json) return console.log(JSON.stringify(comparison));
  const { runs, data, config, figures, histories, cautions, caveats, gains } = comparison;
  const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const head = (name: string) => [name, ...runs.map(({ run }) => run)];
  const facts = data.map(({ fact, values }) => [fact, ...values.map((value) => shown(value).slice(0, 16))]);
  console.log(table([head("DATA"), ["status", ...runs.map(({ status }) => statusText(status))], ...facts]));
  for (const { runs: of, caution } of cautions) console.log(`${of.join(", ")}: ${caution}`);
  for (const caveat of caveats) console.log(caveat);
  const settings = config.map(({ setting, values }) => [setting, ...values.map(shown)]);
  console.log(settings.length > 0 ? `\n${table([head("SETTING"), ...settings])}` : "\nNo setting differs.");
  const measured = figures.map(({ figure, values }) => [
    figure,
    ...values.map((value) => `${interval(value?.value, value?.interval)}${isUnclaimed(value) ? " †" : ""}`),
  ]);
  console.log(`\n${table([head("AUROC (95 %)"), ...measured])}`);
  if (figures.some(({ values }) => values.some(isUnclaimed))) console.log(NOT_CLAIMED);
  const ahead = gains.map(({ figure, values }) => [
    figure,
    ...values.slice(1).map((gain) => interval(gain?.value, gain?.interval)),
  ]);
  const others = runs.slice(1).map(({ run }) => run);
  if (ahead.length > 0)
    console.log(`\n${table([[`MORE THAN ${runs[0]!.run} ON THE SAME FILMS (95 %)`, ...others], ...ahead])}`);
  const curves = histories.flatMap(({ run, history }) =>
    epochRows({ histories: [history] }).map((row) => [run, ...row]),
  );
  const columns = ["RUN", "MEMBER", "EPOCH", "LOSS", "TUNING LOSS", "TUNING AUROC", "IMAGES/S"];
  if (curves.length > 0) console.log(`\n${table([columns, ...curves])}`);
}
