import { expect, it } from "vitest";
import type { Template } from "../../rehearsal/template.ts";
import { adapt, isStuck, leftOut, WORKAROUNDS } from "../../rehearsal/workarounds.ts";

const FACTS = {
  "AWS::KMS::Key": { update: false, remove: true },
  "AWS::S3::Bucket": { update: true, remove: true },
  "AWS::Lambda::Function": { update: true, remove: true },
  "AWS::Lambda::Version": { update: false, remove: false },
  "AWS::Events::Rule": { update: true, remove: true },
  "AWS::IAM::Policy": { update: true, remove: true },
  "AWS::Batch::ComputeEnvironment": { update: false, remove: false },
  "AWS::Batch::JobQueue": { update: false, remove: false },
  "AWS::EC2::VPC": { update: false, remove: true },
};
const SETTING = { facts: FACTS, batchRole: "arn:batch" };

/** Something for every workaround to change, and for none a resource of another kind. */
const TEMPLATE: Template & Readonly<Record<string, object>> = {
  Parameters: { BootstrapVersion: { Type: "String" } },
  Resources: {
    Key: { Type: "AWS::KMS::Key", Properties: { Tags: [{ Key: "a", Value: "b" }], EnableKeyRotation: true } },
    People: { Type: "AWS::Cognito::UserPool", Properties: {} },
    Handler: { Type: "AWS::Lambda::Function", Properties: { Environment: { Variables: { POOL: { Ref: "People" } } } } },
    One: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Handler" } } },
    Live: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: { "Fn::GetAtt": ["One", "FunctionArn"] } } },
    Rights: {
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyDocument: [
          { "Fn::GetAtt": ["Jobs", "JobQueueArn"] },
          { Ref: "Live" },
          { "Fn::GetAtt": ["People", "Arn"] },
        ],
      },
    },
    Hourly: {
      Type: "AWS::Events::Rule",
      Properties: {
        ScheduleExpression: "rate(1 hour)",
        Targets: [{ Id: "a", Arn: { "Fn::GetAtt": ["Handler", "Arn"] } }],
      },
    },
    Machines: {
      Type: "AWS::Batch::ComputeEnvironment",
      Properties: { Type: "managed", ComputeResources: { InstanceTypes: ["default_x86_64"] } },
    },
    Jobs: { Type: "AWS::Batch::JobQueue", Properties: { Priority: 2 } },
    Network: { Type: "AWS::EC2::VPC", Properties: {} },
  },
};

const DEPLOYED: Template = { Resources: { Jobs: { Type: "AWS::Batch::JobQueue", Properties: { Priority: 1 } } } };

it("each workaround changes what it is for, and the templates that need none stay the same object", () => {
  const { used } = adapt(TEMPLATE, { ...SETTING, deployed: DEPLOYED });
  expect(used).toEqual(WORKAROUNDS.map(({ what }) => what));
  const plain: Template = { Resources: { Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "b" } } } };
  expect(adapt(plain, SETTING)).toEqual({ template: plain, used: [] });
  expect(adapt(plain, SETTING).template).toBe(plain);
});

it("what is deployed refers to nothing that was left out, and keeps the rest", () => {
  const { template } = adapt(TEMPLATE, { ...SETTING, deployed: DEPLOYED });
  expect(leftOut(TEMPLATE, FACTS)).toEqual([
    { id: "People", type: "AWS::Cognito::UserPool" },
    { id: "Live", type: "AWS::Lambda::Alias" },
  ]);
  expect(template.Resources).not.toHaveProperty("People");
  expect(template.Resources.Key!.Properties).toEqual({ EnableKeyRotation: true });
  expect(template.Resources.Handler!.Properties.Environment.Variables.POOL).toBe("left-out-People");
  expect(template.Resources.Rights!.Properties.PolicyDocument).toEqual([
    { Ref: "Jobs" },
    { "Fn::GetAtt": ["One", "FunctionArn"] },
    { "Fn::Sub": expect.stringContaining("left-out:::People.Arn") },
  ]);
  expect(template.Resources.Machines!.Properties).toEqual({
    ...{ Type: "MANAGED", ServiceRole: "arn:batch" },
    ComputeResources: { InstanceTypes: ["optimal"] },
  });
  expect(template.Resources.Hourly!.Properties.Targets[0].Arn["Fn::Sub"]).toMatch(/:sqs:.*:rehearsal-Handler$/);
  // Other schedules' events are not its own.
  const { source, resources } = template.Resources.Hourly!.Properties.EventPattern;
  expect([source, resources[0]["Fn::Sub"]]).toEqual([["aws.events"], expect.stringMatching(/StackName\}-Hourly$/)]);
});

it("what the emulator can't change or remove stays as it was, and is told apart", () => {
  const { template } = adapt(TEMPLATE, { ...SETTING, deployed: DEPLOYED });
  expect(template.Resources.Jobs!.Properties.Priority).toBe(1);
  const stays = Object.entries(template.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === "Retain");
  expect(stays.map(([id]) => id).sort()).toEqual(["Jobs", "Machines", "Network", "One"]);
  expect(Object.values(TEMPLATE.Resources).filter((one) => isStuck(one, FACTS))).toHaveLength(4);
});
