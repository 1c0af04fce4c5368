import { ArnFormat, Stack } from "aws-cdk-lib";
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { type LogKeeping, logGroup } from "./logs.ts";
import type { PageProof } from "./page-proof.ts";
import { GATEWAY_STAGE } from "./rest-api.ts";

type Statement = CfnWebACL.StatementProperty;

interface ManagedRules {
  /** Rules that look into bodies, by what they call what they find. */
  readonly bodies?: Readonly<Record<string, string>>;
  /** Whether it judges by address, which is CloudFront's own of a call that came through it. */
  readonly byAddress?: boolean;
}

/**
 * AWS keeps these up to date. Pictures hold any bytes, an attack's too, and are larger than any form: what is found in
 * bodies is counted first, and blocked where no film is sent.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const MANAGED_RULES: Readonly<Record<string, ManagedRules>> = {
  AWSManagedRulesCommonRuleSet: {
    bodies: {
      SizeRestrictions_BODY: "core-rule-set:SizeRestrictions_Body",
      EC2MetaDataSSRF_BODY: "core-rule-set:EC2MetaDataSSRF_Body",
      GenericLFI_BODY: "core-rule-set:GenericLFI_Body",
      GenericRFI_BODY: "core-rule-set:GenericRFI_Body",
      CrossSiteScripting_BODY: "core-rule-set:CrossSiteScripting_Body",
    },
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    bodies: {
      JavaDeserializationRCE_BODY: "known-bad-inputs:JavaDeserializationRCE_Body",
      Log4JRCE_BODY: "known-bad-inputs:Log4JRCE_Body",
      ReactJSRCE_BODY: "known-bad-inputs:ReactJSRCE_Body",
    },
  },
  AWSManagedRulesAmazonIpReputationList: { byAddress: true },
};

/** Headers that say who somebody is. */
const REDACTED = ["authorization", "cookie", "x-api-key"];

export interface FirewallProps extends LogKeeping {
  /** ARNs of what it stands before, by a name of the association. */
  readonly before: Readonly<Record<string, string>>;
  /** Paths that take films, as OpenAPI writes them. */
  readonly filmPaths: readonly string[];
  /** Where there is a page. */
  readonly proof: PageProof | undefined;
}

/** The web firewall: a rate limit for each address, then the managed rules. */
export function firewall(scope: Construct, { stage, key, before, filmPaths, proof }: FirewallProps): CfnWebACL {
  const visible = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    // Samples would hold requests' headers and queries.
    sampledRequestsEnabled: false,
  });
  const throughPage = proof && shows(proof);
  const direct: Statement | undefined = throughPage && { notStatement: { statement: throughPage } };
  const rate = (rest: Omit<CfnWebACL.RateBasedStatementProperty, "limit">) => ({
    action: { block: {} },
    statement: { rateBasedStatement: { limit: stage.api.requestsPerAddress, ...rest } },
  });
  const managed = Object.entries(MANAGED_RULES).map(([name, { bodies = {}, byAddress = false }]) => ({
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ruleActionOverrides: Object.keys(bodies).map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        ...(byAddress && direct && { scopeDownStatement: direct }),
      },
    },
  }));
  const rules = [
    { name: "Rate", ...rate({ aggregateKeyType: "IP", ...(direct && { scopeDownStatement: direct }) }) },
    ...(proof && throughPage
      ? [
          {
            name: "RateOfReaders",
            ...rate({
              aggregateKeyType: "FORWARDED_IP",
              forwardedIpConfig: { headerName: proof.addressHeader, fallbackBehavior: "MATCH" },
              scopeDownStatement: throughPage,
            }),
          },
        ]
      : []),
    ...managed,
    { name: "BodiesWithoutFilm", action: { block: {} }, statement: foundInBody(filmPaths) },
  ];
  const acl = new CfnWebACL(scope, "Firewall", {
    name: `hilum-${stage.name}`,
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: visible(`hilum-${stage.name}`),
    rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visible(rule.name) })),
  });
  for (const [id, resourceArn] of Object.entries(before)) {
    new CfnWebACLAssociation(scope, id, { resourceArn, webAclArn: acl.attrArn });
  }
  const log = logGroup(scope, "FirewallLog", {
    stage,
    key,
    writer: "firewall",
    name: `aws-waf-logs-hilum-${stage.name}`,
  });
  const redacted = [...REDACTED, ...(proof ? [proof.header] : [])];
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
    redactedFields: [...redacted.map((Name) => ({ singleHeader: { Name } })), { queryString: {} }],
  });
  return acl;
}

/** Whether a call came through the page's CloudFront. */
const shows = ({ header, secret }: PageProof): Statement => ({
  byteMatchStatement: {
    fieldToMatch: { singleHeader: { Name: header } },
    positionalConstraint: "EXACTLY",
    searchString: secret,
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
});

/** What a managed rule found in the body of a call that sends no film. */
function foundInBody(filmPaths: readonly string[]): Statement {
  const labels = Object.values(MANAGED_RULES).flatMap(({ bodies = {} }) => Object.values(bodies));
  return {
    andStatement: {
      statements: [
        {
          orStatement: {
            statements: labels.map((label) => ({
              labelMatchStatement: { scope: "LABEL", key: `awswaf:managed:aws:${label}` },
            })),
          },
        },
        {
          notStatement: {
            statement: {
              regexMatchStatement: {
                fieldToMatch: { uriPath: {} },
                regexString: pathPattern(filmPaths),
                textTransformations: [{ priority: 0, type: "URL_DECODE" }],
              },
            },
          },
        },
      ],
    },
  };
}

/** Paths with their places for names, behind API Gateway's own part or without it. */
const pathPattern = (paths: readonly string[]): string =>
  `^(/${GATEWAY_STAGE})?(${paths.map((path) => path.replace(/\{\w+\}/g, "[^/]+")).join("|")})$`;
