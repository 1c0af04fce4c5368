import { logGroupName } from "../contracts/deployment.ts";
import type { TaskError } from "../contracts/execution.ts";
import { readCause } from "./cause.ts";

/** Where the console is, by the beginning of a region's name. */
const CONSOLES: readonly (readonly [string, string])[] = [
  ["cn-", "console.amazonaws.cn"],
  ["us-gov-", "console.amazonaws-us-gov.com"],
  ["", "console.aws.amazon.com"],
];

/** The console writes these names in its own encoding: percent signs of the usual one become dollars with their code. */
const encoded = (name: string): string => encodeURIComponent(encodeURIComponent(name)).replaceAll("%", "$");

/** Address of a failed step's log in the console; of its job's last attempt where that is known. */
export function logLink(options: {
  readonly stage: string;
  readonly region: string;
  readonly step: string;
  readonly error: TaskError | undefined;
}): string {
  const { stage, region, step, error } = options;
  const { stream } = readCause(error, step);
  const [, host] = CONSOLES.find(([start]) => region.startsWith(start))!;
  const group = encoded(logGroupName(stage, step));
  const events = stream === undefined ? "" : `/log-events/${encoded(stream)}`;
  return `https://${region}.${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}${events}`;
}
