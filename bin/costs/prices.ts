/** When the prices were written down. They were not fetched: check them with AWS's calculator before you rely on one. */
export const PRICED = "November 2026";

/**
 * List prices in US dollars, us-east-1, Linux, on demand, without free tiers and taxes, as AWS's pricing pages give them
 * (https://aws.amazon.com/pricing, a page a service). Other regions differ.
 */
export const PRICES = {
  natGatewayHour: 0.045,
  /** Of one endpoint in one zone. */
  endpointHour: 0.01,
  keyMonth: 1,
  firewallMonth: 5,
  firewallRuleMonth: 1,
  alarmMonth: 0.1,
  storedGBMonth: 0.023,
  lambdaGBSecond: 0.0000166667,
  lambdaProvisionedGBSecond: 0.0000041667,
  lambdaMillionCalls: 0.2,
  gatewayMillionCalls: 3.5,
  stateTransitionsThousand: 0.025,
  instanceHour: { "m6i.2xlarge": 0.384, "g4dn.xlarge": 0.526, "g5.xlarge": 1.006, "g6.xlarge": 0.8048 },
} as const;
