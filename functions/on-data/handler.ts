import { MetricUnit } from "@aws-lambda-powertools/metrics";
import * as z from "zod";
import { OnDataEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { metric } from "../../lib/contracts/metrics.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { stageMetrics } from "../../lib/steps/metrics.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { decodeDocument } from "../../lib/store/documents.ts";
import { openRooms, openStore } from "../../lib/store/open.ts";
import { accounts } from "./account.ts";
import { type Arrived, arrive } from "./arrive.ts";
import { openExecutions } from "./executions.ts";
import { MARKER, markedFolders } from "./marked-folders.ts";

/** The parts of EventBridge's events that are read here: S3's "Object Created", and the schedule's. */
const Arrival = z.object({
  "detail-type": z.literal("Object Created"),
  time: z.iso.datetime(),
  detail: z.object({
    object: z.object({ key: z.string().regex(new RegExp(`^.+/${MARKER}$`), "expected a folder's _SUCCESS") }),
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
  const uri = (folder: string) => `${environment.HILUM_INCOMING}/${folder}`;
  const folders =
    parsed["detail-type"] === "Object Created"
      ? [{ data: uri(folderOf(parsed.detail.object.key)), markedAt: parsed.time }]
      : await allFolders(environment.HILUM_INCOMING);

  const outcomes: Arrived[] = [];
  for (const { data, markedAt } of folders) {
    const arrived = await arrive(options, data, config, markedAt);
    outcomes.push(arrived);
    tell(arrived, environment.HILUM_STAGE);
  }
  return outcomes;

  /** Complete folders, and those that are accounted for: what waits for a run that was stopped has no marker to find. */
  async function allFolders(incoming: string): Promise<{ data: string; markedAt: null }[]> {
    const found = new Set<string>();
    for await (const folder of markedFolders(openStore(incoming))) found.add(uri(folder));
    for await (const { data, pending } of accounts(rooms.runs)) if (pending !== null) found.add(data);
    return [...found].sort().map((data) => ({ data, markedAt: null }));
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
