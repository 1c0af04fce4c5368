import type { Evaluation } from "../../../lib/contracts/evaluation.ts";
import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import { type Claims, claimsOf, claimsText } from "../../../lib/domain/observation-status.ts";
import { KIND_NOTES, kindOfVersion } from "../../../lib/domain/provenance.ts";
import { CHANNEL_NAMES, readChannels } from "../../../lib/registry/channels.ts";
import { listVersions, loadVersion } from "../../../lib/registry/versions.ts";
import { evaluationOf, type ModelsOptions, openModels } from "./registry.ts";

const claimsIn = (evaluation: Evaluation | null | undefined): Claims | null =>
  evaluation ? claimsOf(evaluation.perObservation) : null;

/** Every version, newest first. */
export async function listModels({ store, json }: ModelsOptions): Promise<void> {
  const models = await openModels(store);
  const channels = await readChannels(models);
  const versions: ModelVersion[] = [];
  for await (const id of listVersions(models)) versions.push(await loadVersion(models, id));
  versions.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const evaluations = await Promise.all(versions.map((manifest) => evaluationOf(models, manifest)));
  const rows = versions.map((manifest, i) => {
    const { version, name, createdAt, meanAuroc, trainedOn } = manifest;
    const pointing = CHANNEL_NAMES.filter((channel) => channels[channel] === version);
    return {
      version,
      name,
      createdAt,
      meanAuroc,
      claims: claimsIn(evaluations[i]),
      films: trainedOn.rows,
      run: trainedOn.run,
      data: kindOfVersion(manifest),
      channels: pointing,
    };
  });
  if (json) return console.log(JSON.stringify(rows));
  for (const { version, name, createdAt, meanAuroc, claims, data, channels: pointing } of rows) {
    const told = claims === null ? "" : ` (${claimsText(claims)})`;
    const auroc = meanAuroc === null ? "AUROC -" : `AUROC ${meanAuroc.toFixed(3)}${told}`;
    console.log(
      [version, createdAt.slice(0, 16).replace("T", " "), auroc, name, KIND_NOTES[data], pointing.join(", ")]
        .filter(Boolean)
        .join("  "),
    );
  }
}
