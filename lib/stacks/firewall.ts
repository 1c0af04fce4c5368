import { ArnFormat, Stack } from "aws-cdk-lib";
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { type LogKeeping, logGroup } from "./logs.ts";

/** Refuses bodies over 8 KB, which every film is; the service has its own limit. */
const BODY_SIZE_RULE = "SizeRestrictions_BODY";

/** AWS keeps these up to date; what they count against our routes stays a count. */
const MANAGED_RULES: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesCommonRuleSet: [BODY_SIZE_RULE],
  AWSManagedRulesKnownBadInputsRuleSet: [],
  AWSManagedRulesAmazonIpReputationList: [],
};

/** Headers that say who somebody is. */
const REDACTED = ["authorization", "cookie", "x-api-key"];

/** The web firewall before the API: a rate limit for each address, then the managed rules. */
export function firewall(
  scope: Construct,
  { stage, key, stageArn }: LogKeeping & { readonly stageArn: string },
): CfnWebACL {
  const visible = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    // Samples would hold requests' headers and queries.
    sampledRequestsEnabled: false,
  });
  const managed = Object.entries(MANAGED_RULES).map(([name, counted], index) => ({
    name,
    priority: index + 1,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visible(name),
  }));
  const acl = new CfnWebACL(scope, "Firewall", {
    name: `hilum-${stage.name}`,
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: visible(`hilum-${stage.name}`),
    rules: [
      {
        name: "Rate",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: stage.api.requestsPerAddress } },
        visibilityConfig: visible("Rate"),
      },
      ...managed,
    ],
  });
  new CfnWebACLAssociation(scope, "FirewallAtApi", { resourceArn: stageArn, webAclArn: acl.attrArn });
  const log = logGroup(scope, "FirewallLog", {
    stage,
    key,
    writer: "firewall",
    name: `aws-waf-logs-hilum-${stage.name}`,
  });
  new CfnLoggingConfiguration(scope, "FirewallLogging", {
    resourceArn: acl.attrArn,
    // The firewall takes the group's ARN without the `:*` at its end.
    logDestinationConfigs: [
      Stack.of(scope).formatArn({
        service: "logs",
        resource: "log-group",
        resourceName: log.logGroupName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    redactedFields: [...REDACTED.map((Name) => ({ singleHeader: { Name } })), { queryString: {} }],
  });
  return acl;
}
