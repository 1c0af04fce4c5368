import { duration } from "../../../lib/local/display/format.ts";
import { listRuns } from "../../../lib/runs/list-runs.ts";
import { asShownPath } from "../places.ts";
import { interval, openRuns, type RunsOptions, table } from "./runs-room.ts";

/** Every run, newest first. */
export async function printRuns({ json, ...place }: RunsOptions): Promise<void> {
  const room = await openRuns(place);
  const { runs, unreadable } = await listRuns(room);
  if (json) return console.log(JSON.stringify({ runs, unreadable }));
  if (runs.length > 0) {
    const rows = runs.map(({ run, status, at, createdAt, seconds, meanAuroc, meanAurocInterval }) => [
      run,
      at === null ? status : `${status} at ${at}`,
      createdAt.slice(0, 16).replace("T", " "),
      seconds === null ? "-" : duration(seconds * 1000),
      interval(meanAuroc, meanAurocInterval),
    ]);
    console.log(table([["RUN", "STATUS", "MADE", "TIME", "MEAN AUROC"], ...rows]));
  } else if (unreadable.length === 0) {
    console.error(`No run in ${asShownPath(room.uri)} yet; bin/hilum run makes one.`);
  }
  const damaged = runs.flatMap(({ run, unreadable: documents }) => documents.map((message) => ({ run, message })));
  for (const { run, message } of [...damaged, ...unreadable]) console.error(`hilum: warning: run ${run}: ${message}`);
}
