import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import { forEachObservation } from "../../../lib/domain/observations.ts";
import { operatingPointText } from "../../../lib/domain/operating-point.ts";
import { cautionOf, KIND_WORDS, NOT_STATED, SOURCE_FACTS } from "../../../lib/domain/provenance.ts";
import { findVersion, type ModelsOptions } from "./registry.ts";

/** All that a version's manifest says. */
export async function showModel(place: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const { version } = await findVersion(place, store);
  if (json) return console.log(JSON.stringify(version));
  const { trainedOn, geometry, model } = version;
  const lines = [
    ["Version", version.version],
    ["Name", version.name],
    ["Made", version.createdAt],
    ["Network", `${model.network}, ${geometry.size} x ${geometry.size}, ${trainedOn.seeds.length} member(s)`],
    ["Trained on", `${trainedOn.rows} films of ${trainedOn.patients} patients, run ${trainedOn.run}`],
    ...sourceLines(version),
    ["Mean AUROC", version.meanAuroc === null ? "not defined" : version.meanAuroc.toFixed(3)],
    ["Operating", operatingPointText(version.operatingPoint)],
    ...forEachObservation((name, index) => ["", `${name.padEnd(28)} ${version.thresholds[index]!.toFixed(3)}`]),
  ];
  for (const [label = "", text = ""] of lines) console.log(`${label.padEnd(12)}${text}`);
}

/** Where its films come from, and what to think of that. */
function sourceLines(version: ModelVersion): string[][] {
  const caution = cautionOf(version);
  const sources = version.provenance?.flatMap(({ name, kind, ...facts }) => [
    ["Films", `${name}: ${KIND_WORDS[kind]}`],
    ...Object.entries(SOURCE_FACTS).flatMap(([fact, title]) => {
      const said = facts[fact as keyof typeof facts];
      return said === undefined ? [] : [["", `${title}: ${said}`]];
    }),
  ]);
  return [...(caution === null ? [] : [["Caution", caution]]), ...(sources ?? [["Films", `origin ${NOT_STATED}`]])];
}
