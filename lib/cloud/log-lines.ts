import {
  CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { ask } from "./ask.ts";

export interface LogLine {
  readonly id: string;
  readonly at: Date;
  readonly stream: string;
  readonly text: string;
}

export interface LogWindow {
  readonly group: string;
  /** All of the group where none are named. */
  readonly streams: readonly string[];
  readonly from: Date;
  readonly to?: Date | undefined;
}

/** Streams that one call takes. */
const AT_ONCE = 100;

/** What was written within a time, oldest first; nothing where the group or a stream is not there (yet). */
export function logLines({ group, streams, from, to }: LogWindow): Promise<LogLine[]> {
  return ask(`log ${group}`, async () => {
    const lines: LogLine[] = [];
    for (let first = 0; first < Math.max(1, streams.length); first += AT_ONCE) {
      const pages = paginateFilterLogEvents(
        { client: new CloudWatchLogsClient() },
        {
          logGroupName: group,
          startTime: from.getTime(),
          ...(to && { endTime: to.getTime() }),
          ...(streams.length > 0 && { logStreamNames: streams.slice(first, first + AT_ONCE) }),
        },
      );
      try {
        for await (const { events = [] } of pages) {
          for (const { eventId, timestamp, logStreamName, message } of events) {
            lines.push({ id: eventId!, at: new Date(timestamp!), stream: logStreamName!, text: message!.trimEnd() });
          }
        }
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    }
    return lines.sort((a, b) => a.at.getTime() - b.at.getTime());
  });
}
