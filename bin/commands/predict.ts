import { type Command, Option } from "commander";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { cautionOf } from "../../lib/domain/provenance.ts";
import { resolveVersion } from "../../lib/registry/channels.ts";
import { loadVersion } from "../../lib/registry/versions.ts";
import { openStore } from "../../lib/store/open.ts";
import { locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";
import { answerToFile, answerToStdout, type CallOptions } from "../cli/predict/call.ts";
import { findFilms } from "../cli/predict/films.ts";
import { outFormat } from "../cli/predict/out-formats.ts";

interface PredictOptions extends CallOptions {
  readonly store: string;
  readonly model?: string;
  readonly out?: string;
}

export function registerPredict(program: Command): void {
  program
    .command("predict")
    .description("14 probabilities for each film: PNG, JPEG, TIFF, WebP or DICOM")
    .argument("<file...>", "films, or folders of films")
    .addOption(option.store())
    .addOption(option.model())
    .option("--out <file>", "write a line a film there, as .csv or .jsonl; the same call goes on with such a file")
    .addOption(option.workers())
    .option(
      "--explain <folder>",
      "write heat maps over the film there, as PNG of the film's own size or 2,560 pixels on its longer side",
    )
    .addOption(
      new Option(
        "--observation <name...>",
        "whose heat maps; if left out, all that are above their operating points, or the likeliest where none is",
      ).choices(OBSERVATIONS),
    )
    .addOption(option.refuse())
    .addOption(option.json())
    .addHelpText(
      "after",
      `
Example:
  $ hilum predict film.png other.dcm --explain heat-maps --json
  $ hilum predict films/ --out predictions.csv

A heat map has its film's path below the folder of maps, so that no other film's is written over: of films/a.png the map is
heat-maps/films/a.png.edema.png. Films that lie elsewhere than beside or below that folder have theirs by their whole path, in root/.

A film that fails has its reason beside it and stops no other; the exit code is then 64. Stopped or killed, the same
call with the same --out goes on after the films that stand there.

What the model did not learn has no probability: null in JSON, a blank cell in CSV. A film unlike those that it learned
from has probabilities and no decision, or is refused with --refuse out-of-distribution.
`,
    )
    .action(predict);
}

async function predict(named: readonly string[], options: PredictOptions): Promise<void> {
  const { out, explain } = options;
  if (out !== undefined) outFormat(out);
  const location = await locateModel(options.model, options.store);
  const models = openStore(location.models);
  const version = await resolveVersion(models, location.model);
  const caution = cautionOf(await loadVersion(models, version));
  const { films, passedOver } = await findFilms(named, explain);
  if (passedOver > 0) console.error(`hilum: passed over in the folders, since no film: ${passedOver} of their files`);
  const call = { location: { ...location, model: version }, caution, films, options };
  process.exitCode = out === undefined ? await answerToStdout(call) : await answerToFile({ ...call, out });
}
