import type { ExternalValidation } from "../../../lib/contracts/external-validation.ts";
import { forEachObservation } from "../../../lib/domain/observations.ts";
import { operatingPointText } from "../../../lib/domain/operating-point.ts";
import { listValidations } from "../../../lib/registry/validations.ts";
import { findVersion, type ModelsOptions } from "./registry.ts";

const validationLine = ({ id, createdAt, data, films, meanAuroc }: ExternalValidation) => ({
  ...{ id, createdAt, data: data.name, films: films.judged, meanAuroc: meanAuroc.external },
});

/** All that a version's manifest says, and how it did elsewhere. */
export async function showModel(place: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const { models, version } = await findVersion(place, store);
  const validations = (await listValidations(models, version.version)).map(validationLine);
  if (json) return console.log(JSON.stringify({ ...version, validations }));
  const { trainedOn, geometry, model } = version;
  const lines = [
    ["Version", version.version],
    ["Name", version.name],
    ["Made", version.createdAt],
    ["Network", `${model.network}, ${geometry.size} x ${geometry.size}, ${trainedOn.seeds.length} member(s)`],
    ["Trained on", `${trainedOn.rows} films of ${trainedOn.patients} patients, run ${trainedOn.run}`],
    ["Mean AUROC", version.meanAuroc === null ? "not defined" : version.meanAuroc.toFixed(3)],
    ...validations.map(({ data, films, meanAuroc, createdAt }, i) => [
      i === 0 ? "Validated" : "",
      `${createdAt.slice(0, 10)}  ${data}: ${films} films, mean AUROC ${meanAuroc?.toFixed(3) ?? "not defined"}`,
    ]),
    ["Operating", operatingPointText(version.operatingPoint)],
    ...forEachObservation((name, index) => ["", `${name.padEnd(28)} ${version.thresholds[index]!.toFixed(3)}`]),
  ];
  for (const [label = "", text = ""] of lines) console.log(`${label.padEnd(12)}${text}`);
}
