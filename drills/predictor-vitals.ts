/**
 * `predictor-vitals.ts WARM FILMS`: a predictor of the model in production answers for so many films with heat maps, one
 * after the other, and tells its vitals as a line of JSON after the warm-up and at the end.
 */
import { makeSamples } from "../functions/api/samples.ts";
import { openPredictor } from "../lib/inference/predictor.ts";
import { openStore } from "../lib/store/open.ts";

const counts = process.argv.slice(2).map(Number);
const predictor = await openPredictor({ models: openStore(process.env.HILUM_MODELS!) });
const samples = await makeSamples();
for (const count of counts) {
  for (let n = 0; n < count; n += 1) await predictor.answer(samples[n % samples.length]!.png, { maps: true });
  console.log(JSON.stringify(await predictor.vitals()));
}
await predictor.close();
