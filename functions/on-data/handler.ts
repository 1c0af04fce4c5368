import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { OnDataEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import type { ExecutionInput } from "../../lib/contracts/execution.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../lib/data/request.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { decodeDocument } from "../../lib/store/documents.ts";
import { openRooms } from "../../lib/store/open.ts";

/** The object that says that a folder is complete. */
const MARKER = "_SUCCESS";

/** The part of EventBridge's "Object Created" that is read here. */
const Arrival = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string().regex(new RegExp(`^.+/${MARKER}$`), `expected a folder's ${MARKER}`) }),
  }),
});

const steps = new SFNClient({});
const reporter = createReporter("on-data");

/**
 * Starts a run over the folder of films that has arrived. A run is named by its data and its configuration, and so is
 * its execution: S3 may say the same thing twice, and the second time nothing starts.
 */
export async function handler(event: unknown): Promise<{ readonly run: string; readonly started: boolean }> {
  const { bucket, object } = Arrival.parse(event).detail;
  const environment = parseEnvironment(OnDataEnvironment);
  const config = decodeDocument(RunConfig, Buffer.from(environment.HILUM_CONFIG), "HILUM_CONFIG");
  const folder = object.key.slice(0, -`/${MARKER}`.length);
  const request = await prepareRequest(`s3://${bucket.name}/${folder}`, config);
  await writeRequest(openRooms(environment), request);
  const started = await start(environment.HILUM_STATE_MACHINE, request.run);
  reporter.note("info", started ? `started ${request.run}` : `${request.run} was started before`);
  return { run: request.run, started };
}

async function start(stateMachineArn: string, run: string): Promise<boolean> {
  const input = JSON.stringify({ run } satisfies ExecutionInput);
  try {
    await steps.send(new StartExecutionCommand({ stateMachineArn, name: run, input }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw error;
  }
}
