import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as z from "zod";
import type { RunRequest } from "../../lib/contracts/run.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../lib/data/request.ts";
import { merge } from "../../lib/data/steps/merge.ts";
import { plan } from "../../lib/data/steps/plan.ts";
import { prepare } from "../../lib/data/steps/prepare.ts";
import { upsample } from "../../lib/data/steps/upsample.ts";
import { validate } from "../../lib/data/steps/validate.ts";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { runStep, type StepWork } from "../../lib/steps/run-step.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";

const STEPS: Readonly<Record<string, StepWork>> = {
  validate,
  plan,
  prepare: (context) => prepare(context, { threads: 1 }),
  merge,
  upsample,
};

/** A run over phantoms in `folder`/store, in which everything before the training is done. */
export async function preparedRun(
  folder: string,
  config: z.input<typeof RunConfig>,
  frontalFilms: number,
): Promise<RunRequest> {
  const data = join(folder, "phantoms");
  await writePhantoms({ folder: data, seed: 5, frontalFilms });
  const environment = roomsOf(join(folder, "store"));
  const request = await prepareRequest(pathToFileURL(data).href, RunConfig.parse(config));
  await writeRequest(openRooms(environment), request);
  for (const [step, work] of Object.entries(STEPS)) {
    await runStep({ step, run: request.run, environment, emit: () => {} }, work);
  }
  return request;
}
