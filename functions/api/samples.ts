import { forEachObservation, type Observation } from "../../lib/domain/observations.ts";
import { recordOf } from "../../lib/domain/record-of.ts";
import { drawnPicture } from "../../lib/phantoms/drawn-picture.ts";
import type { PlantedName } from "../../lib/phantoms/findings.ts";
import type { PhantomFilm } from "../../lib/phantoms/population.ts";
import { filmRenderer } from "../../lib/phantoms/render.ts";
import type { Sample } from "./dependencies.ts";

/**
 * What the page offers to try: the findings that are planted, and a patient in whom they show clearly, so that the demo's
 * model decides as they were planted (test/slow/demo.test.ts). Lesions and consolidations it takes for one another.
 */
const SAMPLES: readonly {
  readonly name: string;
  readonly patient: number;
  readonly planted: readonly PlantedName[];
}[] = [
  { name: "clear-lungs", patient: 37, planted: [] },
  { name: "large-heart", patient: 29, planted: ["Cardiomegaly"] },
  { name: "effusion", patient: 9, planted: ["Pleural Effusion"] },
  { name: "edema", patient: 10, planted: ["Edema"] },
  { name: "pneumothorax", patient: 36, planted: ["Pneumothorax"] },
  { name: "devices", patient: 28, planted: ["Support Devices"] },
];

/** A population of its own, so that no model has learned from these very films. */
const SEED = 20_261;

/** What is planted, as the observations are called; "No Finding" where nothing is. */
export const titleOf = (planted: readonly PlantedName[]): string =>
  planted.length === 0 ? ("No Finding" satisfies Observation) : planted.join(", ");

/** The sample films, drawn when somebody first asks for them: who waits for a first answer does not wait for these. */
export function lazySamples(make: () => Promise<readonly Sample[]> = makeSamples): () => Promise<readonly Sample[]> {
  let drawn: Promise<readonly Sample[]> | undefined;
  return () => {
    drawn ??= make();
    return drawn;
  };
}

/** Draws the sample films; some tens of milliseconds each. */
export async function makeSamples(seed: number = SEED): Promise<Sample[]> {
  const render = filmRenderer(seed);
  const samples: Sample[] = [];
  for (const { name, patient, planted } of SAMPLES) {
    const { pixels, width, height } = render(phantom(patient, planted));
    const png = await drawnPicture(pixels, width, height).png().toBuffer();
    samples.push({ name, title: titleOf(planted), width, height, png });
  }
  return samples;
}

/** The frontal film of a patient with these findings. */
export const phantom = (patient: number, planted: readonly PlantedName[]): PhantomFilm => ({
  patient,
  study: 1,
  view: 1,
  female: patient % 2 === 0,
  age: 50,
  frontal: true,
  projection: "PA",
  findings: recordOf(planted, () => 1),
  labels: forEachObservation(() => null),
});
