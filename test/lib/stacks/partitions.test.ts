import { expect, test } from "vitest";
import { stageTemplates } from "./stage-templates.ts";

// There is no CloudFront there, or no Cognito as the page needs them, and in GovCloud no budgets: docs/platform.md.
test.each([
  ["GovCloud", "us-gov-west-1"],
  ["China", "cn-north-1"],
])("a stage of signed calls is made for %s, private or not, and names no other partition", async (_, region) => {
  const env = { region };
  const door = { vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-1a1a1a1a"], addresses: ["10.0.0.0/8"] };
  const stage = await stageTemplates(
    { alarms: { monthlyBudget: null }, api: { private: door } },
    { env, checks: true },
  );
  const all = JSON.stringify(Object.values(stage).map(({ template }) => template));
  expect(all).not.toContain("arn:aws:");
  expect(all).not.toMatch(/AWS::(CloudFront|Cognito|SecretsManager|Budgets)::/);
  const { ServiceName } = stage.inference.one("AWS::EC2::VPCEndpoint").Properties;
  const written = JSON.stringify(ServiceName);
  expect(written).toMatch(
    region === "cn-north-1"
      ? /^"cn\.com\.amazonaws\.cn-north-1\.execute-api"$/
      : /^"com\.amazonaws\.us-gov-west-1\.execute-api"$/,
  );
});
