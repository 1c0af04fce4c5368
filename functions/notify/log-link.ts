import { logGroupName } from "../../lib/contracts/deployment.ts";

/** Where the console is, by the beginning of a region's name. */
const CONSOLES: readonly (readonly [string, string])[] = [
  ["cn-", "console.amazonaws.cn"],
  ["us-gov-", "console.amazonaws-us-gov.com"],
  ["", "console.aws.amazon.com"],
];

/** The console writes these names in its own encoding: percent signs of the usual one become dollars with their code. */
const encoded = (name: string): string => encodeURIComponent(encodeURIComponent(name)).replaceAll("%", "$");

/** Address of a step's log in the console; of one stream where it is known. */
export function logLink(options: {
  readonly stage: string;
  readonly region: string;
  readonly step: string;
  readonly stream?: string | undefined;
}): string {
  const { stage, region, step, stream } = options;
  const [, host] = CONSOLES.find(([start]) => region.startsWith(start))!;
  const group = encoded(logGroupName(stage, step));
  const events = stream === undefined ? "" : `/log-events/${encoded(stream)}`;
  return `https://${region}.${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}${events}`;
}
