import { MetricUnit } from "@aws-lambda-powertools/metrics";
import * as z from "zod";
import { OnDataEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { metric } from "../../lib/contracts/metrics.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { InputError, reportError } from "../../lib/domain/errors.ts";
import { shown } from "../../lib/domain/shown.ts";
import { stageMetrics } from "../../lib/steps/metrics.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { decodeDocument } from "../../lib/store/documents.ts";
import { openRooms, openStore } from "../../lib/store/open.ts";
import { accounts } from "./account.ts";
import { type Arrived, arrive } from "./arrive.ts";
import { openExecutions } from "./executions.ts";
import { type FoundFolder, foundFolder, MARKER, markedFolders } from "./marked-folders.ts";

/** The parts of EventBridge's events that are read here: S3's "Object Created", and the schedule's. */
const Arrival = z.object({
  "detail-type": z.literal("Object Created"),
  time: z.iso.datetime(),
  detail: z.object({
    // A folder may have any name, one with a line end too.
    object: z.object({ key: z.string().regex(new RegExp(`^[^]+/${MARKER}$`), "expected a folder's _SUCCESS") }),
  }),
});
const Sweep = z.object({ "detail-type": z.literal("Scheduled Event") });
const OnDataEvent = z.discriminatedUnion("detail-type", [Arrival, Sweep]);

const reporter = createReporter("on-data");

/**
 * Starts a run over a data set that has arrived, exactly one for each version of it; S3 may say the same thing twice, in
 * any order, or never: the sweep finds what no event told of.
 */
export async function handler(event: unknown): Promise<readonly Arrived[]> {
  const parsed = OnDataEvent.parse(event);
  const environment = parseEnvironment(OnDataEnvironment);
  const config = decodeDocument(RunConfig, Buffer.from(environment.HILUM_CONFIG), "HILUM_CONFIG");
  const rooms = openRooms(environment);
  const options = { rooms, executions: openExecutions(environment.HILUM_STATE_MACHINE) };
  const incoming = openStore(environment.HILUM_INCOMING);
  const outcomes: Arrived[] = [];
  const failures: unknown[] = [];

  if (parsed["detail-type"] === "Object Created") {
    await take(foundFolder(incoming, folderOf(parsed.detail.object.key)), parsed.time);
  } else {
    await sweep();
  }
  // It is called again then: who has been started is not started twice.
  if (failures.length > 0) throw failures[0];
  return outcomes;

  /** Complete folders, and those that are accounted for: what waits for a run that was stopped has no marker to find. */
  async function sweep(): Promise<void> {
    const seen = new Set<string>();
    for await (const found of markedFolders(incoming)) {
      seen.add(uriOf(found.folder));
      await take(found, null);
    }
    for await (const { data, pending } of accounts(rooms.runs, ({ message }) => refuse(message))) {
      if (pending !== null && !seen.has(data)) await started(data, null);
    }
  }

  async function take({ folder, fault }: FoundFolder, markedAt: string | null): Promise<void> {
    if (fault === undefined) await started(uriOf(folder), markedAt);
    else refuse(`${fault.message}; it is left as it is`);
  }

  /** What is wrong with one data set is told, and keeps none of the others. */
  async function started(data: string, markedAt: string | null): Promise<void> {
    try {
      told(await arrive(options, data, config, markedAt));
    } catch (error) {
      const { message } = reportError(error);
      if (error instanceof InputError) return refuse(message);
      reporter.note("error", `${shown(data)}: ${message}`);
      failures.push(error);
    }
  }

  function uriOf(folder: string): string {
    return `${environment.HILUM_INCOMING}/${folder}`;
  }

  function refuse(reason: string): void {
    told({ outcome: "refused", reason });
  }

  function told(arrived: Arrived): void {
    outcomes.push(arrived);
    tell(arrived, environment.HILUM_STAGE);
  }
}

const folderOf = (markerKey: string): string => markerKey.slice(0, -`/${MARKER}`.length);

function tell(arrived: Arrived, stage: string): void {
  if (arrived.outcome !== "refused") {
    reporter.note("info", `${arrived.run}: ${arrived.outcome}`);
    return;
  }
  reporter.note("error", arrived.reason);
  const metrics = stageMetrics(stage, "on-data");
  metrics.addMetric(metric("refusedArrivals").name, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
