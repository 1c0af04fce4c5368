import { beforeAll, describe, expect, test } from "vitest";
import type { StackPart } from "../../../lib/contracts/deployment.ts";
import { type StageTemplate, stageTemplates } from "./stage-templates.ts";

type Templates = Readonly<Record<StackPart, StageTemplate>>;

const callersOf = ({ inference }: Templates): Record<string, string> =>
  JSON.parse(inference.one("AWS::ApiGateway::Stage").Properties.AccessLogSetting.Format);

describe("who read which film, of a stage with log-in that keeps its data", () => {
  let stage: Templates;
  beforeAll(async () => {
    stage = await stageTemplates({ api: { access: "cognito" } });
  });

  test("a call's log says who by the log-in's own id, and nothing of the person or the film", () => {
    const { caller, ...rest } = callersOf(stage);
    expect(caller).toBe("$context.authorizer.claims.sub");
    expect(Object.keys(rest).sort()).toEqual([
      "error",
      "method",
      "milliseconds",
      "requestId",
      "route",
      "status",
      "time",
    ]);
    expect(JSON.stringify(rest)).not.toMatch(/email|sourceIp|querystring|\.path"|authorizer/);
  });

  test("a trail of its own records who touches objects made of films, under the stage's key", () => {
    const { Properties, id } = stage.data.one("AWS::CloudTrail::Trail");
    const [{ FieldSelectors }] = Properties.AdvancedEventSelectors;
    const [category, type, arns] = FieldSelectors;
    expect([category.Equals ?? category.EqualTo, type.Equals ?? type.EqualTo]).toEqual([["Data"], ["AWS::S3::Object"]]);
    const places = [
      ...JSON.stringify(arns.StartsWith).matchAll(/"(incoming|datasets|runs|models|uploads)[0-9A-F]+","Arn"/g),
    ];
    expect(places.map(([, place]) => place)).toEqual(["incoming", "datasets", "uploads"]);
    expect(Properties).toMatchObject({ IsLogging: true, EnableLogFileValidation: true, S3KeyPrefix: "trail" });
    const key = stage.data.one("AWS::KMS::Key");
    expect(Properties.KMSKeyId).toEqual({ "Fn::GetAtt": [key.id, "Arn"] });
    const ours = JSON.stringify(key.Properties.KeyPolicy.Statement.at(-1));
    expect(ours).toContain("cloudtrail.amazonaws.com");
    expect(ours).toMatch(/"aws:SourceArn":.*:trail\/hilum-some"/);
    // CloudTrail may write there before it is told to.
    expect(JSON.stringify(stage.data.template.Resources[id])).toMatch(/"DependsOn":\["accessLogsPolicy/);
  });

  test("CloudFront says who opened the page, without cookies, into a bucket that stays", () => {
    const { Logging } = stage.inference.one("AWS::CloudFront::Distribution").Properties.DistributionConfig;
    expect(Logging.Prefix).toBe("page/");
    expect(Logging.IncludeCookies ?? false).toBe(false);
    const [bucket] = stage.inference.all("AWS::S3::Bucket").filter(({ id }) => id.startsWith("PageLog"));
    expect(JSON.stringify(Logging.Bucket)).toContain(bucket!.id);
    expect(JSON.stringify(bucket)).toContain('"DeletionPolicy":"Retain"');
    // CloudFront writes by an access list, which other ownership refuses.
    expect(bucket!.Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: "BucketOwnerPreferred" }]);
  });

  test("every log stays where the data stays", () => {
    const groups = Object.values(stage).flatMap((part) => part.all("AWS::Logs::LogGroup"));
    expect(groups.length).toBeGreaterThan(10);
    const going = groups.filter((group) => (group as { DeletionPolicy?: string }).DeletionPolicy !== "Retain");
    expect(going.map(({ id }) => id)).toEqual([]);
  });
});

describe("of a stage with signed calls that keeps nothing", () => {
  let stage: Templates;
  beforeAll(async () => {
    stage = await stageTemplates({ keepData: false, audit: "account", api: { clients: ["pacs"] } });
  });

  test("a call's log says who by the signer's ARN, and by which client's key", () => {
    expect(callersOf(stage)).toMatchObject({
      caller: "$context.identity.userArn",
      key: "$context.identity.apiKeyId",
    });
  });

  test("the account's trail records, and no other is made or let in", () => {
    expect(stage.data.all("AWS::CloudTrail::Trail")).toEqual([]);
    expect(JSON.stringify(stage.data.template)).not.toContain("cloudtrail");
  });

  test("its logs go with it", () => {
    const groups = Object.values(stage).flatMap((part) => part.all("AWS::Logs::LogGroup"));
    expect(new Set(groups.map((group) => (group as { DeletionPolicy?: string }).DeletionPolicy))).toEqual(
      new Set(["Delete"]),
    );
  });
});

test("CloudFront's log of a stage that keeps nothing is emptied after the page is gone", async () => {
  const { inference } = await stageTemplates({ keepData: false, api: { access: "cognito" } });
  const [emptied] = inference.all("AWS::CloudFormation::CustomResource").filter(({ id }) => id === "BucketsEmptied");
  const { DependsOn } = inference.one("AWS::CloudFront::Distribution") as unknown as { DependsOn: string[] };
  expect(DependsOn).toContain(emptied!.id);
  expect(JSON.stringify(emptied!.Properties)).toContain("PageLog");
});
