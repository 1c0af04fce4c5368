import { matches } from "../../../functions/api/runs-page/matches.js";
import { statusText } from "../../../functions/api/runs-page/text.js";
import { duration } from "../../../lib/domain/duration.ts";
import { KIND_NOTES } from "../../../lib/domain/provenance.ts";
import { listRuns, type RunSummary } from "../../../lib/runs/list-runs.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { asShownPath, inPaths } from "../places.ts";
import { interval, openRuns, type RunsOptions, table } from "./runs-room.ts";

/** Runs that have every word, or all of them; newest first. */
export async function printRuns(words: readonly string[], { json, ...place }: RunsOptions): Promise<void> {
  const room = await openRuns(place);
  const { runs: all, unreadable } = await listRuns(room);
  const runs = all.filter((run) => matches(run, words.join(" ")));
  if (json) return console.log(JSON.stringify({ runs, unreadable }));
  if (runs.length > 0)
    console.log(table([["RUN", "STATUS", "MADE", "TIME", "MEAN AUROC", "CLAIMED", ""], ...runs.map(row)]));
  else if (all.length > 0) console.error(`None of ${all.length} runs has "${words.join(" ")}".`);
  else if (unreadable.length === 0) console.error(await noRuns(room));
  const damaged = all.flatMap(({ run, unreadable: documents }) => documents.map((message) => ({ run, message })));
  for (const { run, message } of [...damaged, ...unreadable])
    console.error(`hilum: warning: run ${run}: ${inPaths(message)}`);
}

const row = ({ run, status, at, createdAt, seconds, claims, caution, ...of }: RunSummary): string[] => [
  run,
  at === null ? statusText(status) : `${statusText(status)} at ${at}`,
  createdAt.slice(0, 16).replace("T", " "),
  seconds === null ? "-" : duration(seconds * 1000),
  interval(of.meanAuroc, of.meanAurocInterval),
  claims === null || of.meanAuroc === null ? "" : `${claims.claimed} of ${claims.measured}`,
  caution === null ? "" : KIND_NOTES.phantom,
];

/** A store is easily named where its room is meant, and the room for the store. */
async function noRuns({ uri }: Store): Promise<string> {
  const shown = asShownPath(uri);
  for (const near of [`${uri}/runs`, uri.replace(/\/runs$/, "")]) {
    const { runs } = await listRuns(openStore(near));
    if (runs.length > 0) return `No run in ${shown}; there are in ${asShownPath(near)}: --runs ${asShownPath(near)}`;
  }
  return `No run in ${shown} yet; bin/hilum run makes one.`;
}
