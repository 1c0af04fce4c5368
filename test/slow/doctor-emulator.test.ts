import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadConfig } from "../../bin/cli/config.ts";
import { examine } from "../../lib/cloud/doctor/examine.ts";
import type { NamedFinding } from "../../lib/contracts/finding.ts";
import { type Emulator, REGION, startEmulator } from "../../rehearsal/emulator/emulator.ts";
import { stubEnvironment } from "../stub-environment.ts";

/** What the emulator does not serve: Service Quotas of EC2, and Lambda's account settings. */
const NOT_SERVED = ["GPU quota", "CPU quota", "API calls"];

let emulator: Emulator;
let findings: ReadonlyMap<string, NamedFinding>;

/** A stack with one resource, whose name or address is an output. */
const stack = (part: string, Type: string, output: string) =>
  new CloudFormationClient().send(
    new CreateStackCommand({
      StackName: `hilum-dev-${part}`,
      TemplateBody: JSON.stringify({ Resources: { It: { Type } }, Outputs: { [output]: { Value: { Ref: "It" } } } }),
    }),
  );

beforeAll(async () => {
  emulator = await startEmulator();
  stubEnvironment(emulator.environment);
  const parameter = { Name: "/cdk-bootstrap/hnb659fds/version", Value: "28", Type: "String" } as const;
  await new SSMClient().send(new PutParameterCommand(parameter));
  await stack("data", "AWS::S3::Bucket", "ModelsBucket");
  await stack("monitoring", "AWS::SNS::Topic", "Alarms");
  const found = await examine({
    stage: "dev",
    network: "public",
    ...{ subnetIds: [], zones: [] },
    instances: { cpu: ["default_x86_64"], gpu: ["g4dn.xlarge", "g0.xlarge"] },
    api: { memoryMiB: 3538, concurrency: null, provisioned: 0, accountLogRole: true, private: null },
    qualifier: "hnb659fds",
    permissionsBoundary: null,
    config: await loadConfig("smoke"),
  });
  findings = new Map(found.map((finding) => [finding.name, finding]));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator?.stop();
});

describe("doctor --aws by real calls, to an emulator of AWS", () => {
  test.each([
    ["Bootstrap", "good", "hnb659fds, version 28"],
    ["CPU types", "good", `zones of ${REGION}: default_x86_64 in `],
    ["GPU types", "bad", `${REGION} lacks g0.xlarge, for which Batch refuses the whole list`],
    ["GPU image", "good", "ami-"],
    ["API memory", "good", "3,538 MiB, which Lambda does not refuse"],
    ["Log role", "good", "none yet"],
    ["Stacks", "bad", "hilum-dev-training not deployed"],
    ["Weights", "good", "smoke starts from none"],
    ["Channel", "doubtful", "no model yet"],
    ["Alarms", "doubtful", "nobody is told of alarms"],
  ])("%s is %s", (name, state, text) => {
    expect(findings.get(name)).toMatchObject({ state, found: expect.stringContaining(text) });
  });

  test("what can't be asked is a finding of its own; the others are made", () => {
    for (const name of NOT_SERVED) expect(findings.get(name)).toMatchObject({ state: "bad" });
    expect([...findings.keys()].at(-1)).toBe("Alarms");
  });
});
