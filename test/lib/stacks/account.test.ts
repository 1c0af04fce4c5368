import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import { DefaultStackSynthesizer } from "aws-cdk-lib";
import { beforeAll, describe, expect, test } from "vitest";
import { BOOTSTRAP_QUALIFIER, STACK_PARTS, type StackPart } from "../../../lib/contracts/deployment.ts";
import { parseStage } from "../../../lib/stacks/stage.ts";
import { type StageTemplate, stageTemplates } from "./stage-templates.ts";

const ACCOUNT = {
  qualifier: "films",
  tags: { "cost-centre": "radiology 7", owner: "films@example.org" },
  permissionsBoundary: "hospital/bound",
};

/** What is not free of replacement, or has tags of another kind, by CloudFormation's own description of its resources. */
const spec = loadAwsServiceSpecSync();
const tagProperty = (type: string): string | undefined => {
  const [resource] = spec.lookup("resource", "cloudFormationType", "equals", type);
  return resource?.tagInformation?.tagPropertyName;
};

/** As `{ name: value }`, from either way in which resources write tags. */
const tagsOf = (value: unknown): Readonly<Record<string, string>> => {
  if (!Array.isArray(value)) return (value ?? {}) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    (value as Record<string, string>[]).map((tag) => [tag.Key ?? tag.TagKey, tag.Value ?? tag.TagValue]),
  );
};

let templates: Readonly<Record<StackPart, StageTemplate>>;
const all = () => STACK_PARTS.flatMap((part) => Object.entries(templates[part].template.Resources));
beforeAll(async () => {
  templates = await stageTemplates({ account: ACCOUNT, api: { access: "cognito" } }, { checks: true });
});

describe("a stage in an account with rules of its own", () => {
  test("every role is bound, those of the CDK's own functions and of the instances too", () => {
    const roles = all().filter(([, { Type }]) => Type === "AWS::IAM::Role");
    expect(roles.length).toBeGreaterThan(25);
    const free = roles.filter(
      ([, { Properties }]) => !JSON.stringify(Properties.PermissionsBoundary ?? "").includes(":policy/hospital/bound"),
    );
    expect(free.map(([name]) => name)).toEqual([]);
    const unknown = all().filter(([, { Type }]) => /^AWS::IAM::(User|Group)$|^AWS::SSO/.test(Type));
    expect(unknown).toEqual([]);
  });

  test("everything that can have tags has them, and the stage's own", () => {
    const taggable = all().flatMap(([name, { Type, Properties }]) => {
      const property = tagProperty(Type);
      return property === undefined ? [] : [{ name, Type, tags: tagsOf(Properties?.[property]) }];
    });
    expect(new Set(taggable.map(({ Type }) => Type)).size).toBeGreaterThan(18);
    const expected = { ...ACCOUNT.tags, "hilum:stage": "some" };
    const without = taggable.filter(({ tags }) => Object.entries(expected).some(([key, value]) => tags[key] !== value));
    expect(without.map(({ name, Type }) => `${Type} ${name}`)).toEqual([]);
  });

  test("instances and their disks have the tags too, which nobody makes by a template", () => {
    for (const { Properties } of templates.training.all("AWS::EC2::LaunchTemplate")) {
      const specifications = Properties.LaunchTemplateData.TagSpecifications as { ResourceType: string; Tags: [] }[];
      expect(specifications.map(({ ResourceType }) => ResourceType).sort()).toEqual(["instance", "volume"]);
      for (const { Tags } of specifications) expect(tagsOf(Tags)).toMatchObject(ACCOUNT.tags);
    }
  });

  test("the bootstrap is the one of this name", () => {
    for (const part of STACK_PARTS) {
      const { template } = templates[part];
      expect(JSON.stringify(template.Parameters)).toContain("/cdk-bootstrap/films/version");
      expect(JSON.stringify(template)).not.toContain(BOOTSTRAP_QUALIFIER);
    }
    expect(BOOTSTRAP_QUALIFIER).toBe(DefaultStackSynthesizer.DEFAULT_QUALIFIER);
  });
});

test.each([
  [{ qualifier: "far-too-long-a-name" }, "account.qualifier"],
  [{ tags: { "aws:owner": "x" } }, "account.tags"],
  [{ tags: { "hilum:stage": "x" } }, "account.tags"],
  [{ permissionsBoundary: "arn:aws:iam::1:role/x" }, "account.permissionsBoundary"],
])("%o is refused, and the setting is named", (account, setting) => {
  expect(() => parseStage({ name: "x", account })).toThrow(`stage x: ${setting}`);
});
