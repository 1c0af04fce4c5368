import { beforeAll, describe, expect, test } from "vitest";
import { type StageTemplate, stageTemplates } from "./stage-templates.ts";
import { countedUnder, type FirewallCall, holds } from "./web-acl.ts";

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
type Json = any;

const EDGE = "130.176.0.1";
const READER = "192.0.2.1";
const OTHER = "198.51.100.7";

const rulesOf = (inference: StageTemplate): Json[] => inference.one("AWS::WAFv2::WebACL").Properties.Rules;
const named = (inference: StageTemplate, name: string): Json => rulesOf(inference).find(({ Name }) => Name === name)!;

describe("the firewall of a stage with a page", () => {
  let inference: StageTemplate;
  let secret: string;
  beforeAll(async () => {
    inference = (await stageTemplates({ api: { access: "cognito" } })).inference;
    const { DistributionConfig } = inference.one("AWS::CloudFront::Distribution").Properties;
    const shown = DistributionConfig.Origins.flatMap(({ OriginCustomHeaders = [] }: Json) => OriginCustomHeaders);
    expect(shown).toMatchObject([{ HeaderName: "x-hilum-page" }]);
    secret = JSON.stringify(shown[0].HeaderValue);
  });

  /** A reader's call as CloudFront hands it on, whatever the reader sent. */
  const throughPage = (sent: Readonly<Record<string, string>> = {}): FirewallCall => {
    const { FunctionCode } = inference.one("AWS::CloudFront::Function").Properties;
    const headers = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, { value }]));
    const run = new Function("event", `${FunctionCode}; return handler(event);`);
    const request = run({ viewer: { ip: READER }, request: { headers } });
    const seen = Object.entries<{ value: string }>(request.headers).map(([name, { value }]) => [name, value]);
    return {
      from: EDGE,
      path: "/api/v1/predictions",
      headers: { ...Object.fromEntries(seen), "x-hilum-page": secret },
    };
  };

  test("counts a reader under the reader's own address, and not CloudFront's, which all of them share", () => {
    expect(countedUnder(rulesOf(inference), throughPage())).toEqual({ RateOfReaders: READER });
  });

  test.each([
    ["who sends another's address through the page", () => throughPage({ "x-hilum-reader": OTHER }), READER],
    [
      "who calls the API itself with another's address",
      (): FirewallCall => ({ from: READER, path: "/api/v1/models", headers: { "x-hilum-reader": OTHER } }),
      READER,
    ],
    [
      "who guesses what CloudFront shows",
      (): FirewallCall => ({
        from: READER,
        path: "/api/v1/models",
        headers: { "x-hilum-reader": OTHER, "x-hilum-page": "guessed" },
      }),
      READER,
    ],
  ])("counts %s under their own all the same", (_, call, address) => {
    expect(Object.values(countedUnder(rulesOf(inference), call()))).toEqual([address]);
  });

  test("judges by the list of known attackers those alone whose address it sees, and everybody at the log-in", () => {
    const { ScopeDownStatement } = named(inference, "AWSManagedRulesAmazonIpReputationList").Statement
      .ManagedRuleGroupStatement;
    expect(holds(ScopeDownStatement, throughPage())).toBe(false);
    expect(holds(ScopeDownStatement, { from: OTHER, path: "/oauth2/token" })).toBe(true);
    const pool = inference.one("AWS::Cognito::UserPool").id;
    const before = inference.all("AWS::WAFv2::WebACLAssociation").map(({ Properties }) => Properties.ResourceArn);
    expect(before).toHaveLength(2);
    expect(before).toContainEqual({ "Fn::GetAtt": [pool, "Arn"] });
  });

  test("writes what CloudFront shows into no log", () => {
    const { RedactedFields } = inference.one("AWS::WAFv2::LoggingConfiguration").Properties;
    expect(RedactedFields).toContainEqual({ SingleHeader: { Name: "x-hilum-page" } });
    expect(secret).toContain("{{resolve:secretsmanager:");
  });
});

describe("the firewall", () => {
  let inference: StageTemplate;
  beforeAll(async () => {
    inference = (await stageTemplates({ api: { access: "iam" } })).inference;
  });

  test("without a page counts everybody under their own address, and keeps no secret", () => {
    const call: FirewallCall = { from: READER, path: "/api/v1/models", headers: { "x-hilum-reader": OTHER } };
    expect(countedUnder(rulesOf(inference), call)).toEqual({ Rate: READER });
    expect(inference.all("AWS::SecretsManager::Secret")).toEqual([]);
  });

  test("takes nothing in a picture for an attack, and an attack elsewhere for one", () => {
    const overrides = rulesOf(inference).flatMap(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
    );
    // Rules that look into bodies, as AWS's page lists them.
    expect(overrides).toEqual(
      [
        ...["SizeRestrictions", "EC2MetaDataSSRF", "GenericLFI", "GenericRFI", "CrossSiteScripting"],
        ...["JavaDeserializationRCE", "Log4JRCE", "ReactJSRCE"],
      ].map((name) => ({ Name: `${name}_BODY`, ActionToUse: { Count: {} } })),
    );
    const { Action, Statement } = named(inference, "BodiesWithoutFilm");
    expect(Action).toEqual({ Block: {} });
    const blocked = (path: string, label: string) =>
      holds(Statement, { from: READER, path, labels: [`awswaf:managed:aws:${label}`] });
    const found = "core-rule-set:CrossSiteScripting_Body";
    const films = ["/v1/predictions", "/v1/predictions:batch", "/v1/predictions%3Abatch", "/v1/explanations"];
    for (const path of [...films, "/v1/feedback", "/v2/models/chexpert/infer", "/v2/models/a/versions/1/infer"]) {
      expect(blocked(`/api${path}`, found), path).toBe(false);
      expect(blocked(path, "known-bad-inputs:Log4JRCE_Body"), path).toBe(false);
    }
    for (const path of ["/api/v1/models", "/oauth2/token", "/v1/predictions/x", "/v2/models/a/b/infer"]) {
      expect(blocked(path, found), path).toBe(true);
      expect(blocked(path, "core-rule-set:GenericLFI_QueryArguments"), path).toBe(false);
    }
  });

  test("runs the rule on bodies after those that look into them, within what WAF takes", () => {
    const names = rulesOf(inference).map(({ Name }) => Name);
    expect(names.at(-1)).toBe("BodiesWithoutFilm");
    expect(rulesOf(inference).map(({ Priority }) => Priority)).toEqual(names.map((_, index) => index));
    const [, { NotStatement }] = named(inference, "BodiesWithoutFilm").Statement.AndStatement.Statements;
    expect(NotStatement.Statement.RegexMatchStatement.RegexString.length).toBeLessThanOrEqual(512);
  });
});
