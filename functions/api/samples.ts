import sharp from "sharp";
import { forEachObservation } from "../../lib/domain/observations.ts";
import type { PhantomFilm, Strengths } from "../../lib/phantoms/population.ts";
import { filmRenderer } from "../../lib/phantoms/render.ts";
import type { Sample } from "./dependencies.ts";

/** What the page offers to try: a title, and the findings that are planted. */
const SAMPLES: readonly { readonly title: string; readonly findings: Strengths }[] = [
  { title: "Clear lungs", findings: {} },
  { title: "Large heart", findings: { Cardiomegaly: 1 } },
  { title: "Effusion", findings: { "Pleural Effusion": 1 } },
  { title: "Lesion", findings: { "Lung Lesion": 1 } },
  { title: "Pneumothorax", findings: { Pneumothorax: 1 } },
  { title: "Edema, devices", findings: { Edema: 1, "Support Devices": 1 } },
];

/** A population of its own, so that no model has learned from these very films. */
const SEED = 20_261;

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
  for (const [index, { title, findings }] of SAMPLES.entries()) {
    const { pixels, width, height } = render(phantom(index + 1, findings));
    const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const name = title.toLowerCase().replaceAll(/\W+/g, "-");
    samples.push({ name, title, width, height, png });
  }
  return samples;
}

const phantom = (patient: number, findings: Strengths): PhantomFilm => ({
  patient,
  study: 1,
  view: 1,
  female: patient % 2 === 0,
  age: 50,
  frontal: true,
  projection: "PA",
  findings,
  labels: forEachObservation(() => null),
});
