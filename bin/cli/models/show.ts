import { forEachObservation } from "../../../lib/domain/observations.ts";
import { operatingPointText } from "../../../lib/domain/operating-point.ts";
import { findVersion, type ModelsOptions } from "./registry.ts";
import { validationsOf, validationText } from "./validations.ts";

/** All that a version's manifest says, and how it did elsewhere. */
export async function showModel(place: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const { models, version } = await findVersion(place, store);
  const validations = await validationsOf(models, version.version);
  if (json) return console.log(JSON.stringify({ ...version, validations }));
  const { trainedOn, geometry, model } = version;
  const lines = [
    ["Version", version.version],
    ["Name", version.name],
    ["Made", version.createdAt],
    ["Network", `${model.network}, ${geometry.size} x ${geometry.size}, ${trainedOn.seeds.length} member(s)`],
    ["Trained on", `${trainedOn.rows} films of ${trainedOn.patients} patients, run ${trainedOn.run}`],
    ["Mean AUROC", version.meanAuroc === null ? "not defined" : version.meanAuroc.toFixed(3)],
    ...validations.map((one, i) => [i === 0 ? "Validated" : "", validationText(one)]),
    ["Operating", operatingPointText(version.operatingPoint)],
    ...forEachObservation((name, index) => ["", `${name.padEnd(28)} ${version.thresholds[index]!.toFixed(3)}`]),
  ];
  for (const [label = "", text = ""] of lines) console.log(`${label.padEnd(12)}${text}`);
}
