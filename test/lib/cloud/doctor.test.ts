import { DescribeComputeEnvironmentsCommand, DescribeJobDefinitionsCommand } from "@aws-sdk/client-batch";
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DescribeInstanceTypesCommand, DescribeVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
} from "@aws-sdk/client-service-quotas";
import { GetParameterCommand, ParameterNotFound } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgram } from "../../../bin/cli/program.ts";
import { examine } from "../../../lib/cloud/doctor/examine.ts";
import { modelKeys } from "../../../lib/contracts/layout.ts";
import { Channels } from "../../../lib/contracts/model-version.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";
import { ACCOUNT, mockAccount, outputsOf, REGION, stackMissing } from "./account.ts";

const STAGE = "prod";
const config = RunConfig.parse({
  name: "x",
  model: { network: "densenet121", channels: 3, weights: { from: "imagenet" } },
});
const SUBJECT = {
  stage: STAGE,
  network: "endpoints",
  instances: { cpu: ["m6i.2xlarge"], gpu: ["g5.xlarge"] },
  config,
} as const;

let server: S3Server;
let account: ReturnType<typeof mockAccount>;

describe.skipIf(noServer)("doctor --aws", () => {
  beforeAll(async () => {
    server = await startS3Server();
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
    vi.stubEnv("AWS_REGION", REGION);
    const models = await server.bucket(outputsOf("data", STAGE).ModelsBucket!);
    await writeDocument(openStore(models), modelKeys.channels, Channels, {
      schema: "hilum.channels/1",
      generation: 1,
      production: "0123456789abcdef",
      previous: null,
      candidate: null,
    });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });
  beforeEach(() => {
    account = mockAccount(STAGE);
  });
  afterEach(() => account.restore());

  const found = async () => new Map((await examine(SUBJECT)).map((finding) => [finding.name, finding]));

  test("finds everything of a whole deployment, and what it lacks: the weights", async () => {
    const findings = await found();
    expect([...findings.values()].map(({ name, state }) => `${name}: ${state}`)).toEqual([
      ...["Credentials", "Region", "Bootstrap", "GPU quota", "CPU quota", "GPU image", "CPU image", "Stacks"].map(
        (name) => `${name}: good`,
      ),
      ...["Queues: good", "Network: good", "Images: good", "Weights: bad", "Channel: good"],
    ]);
    expect(findings.get("Weights")!.mend).toBe("bin/hilum import-weights --backbone densenet121 --stage prod");
    expect(findings.get("Channel")!.found).toBe("0123456789abcdef in production");
    expect(findings.get("GPU image")!.found).toBe("ami-0123456789abcdef0");
    expect(findings.get("Images")!.mend).toBe(
      "aws ecr describe-images --region us-east-1 --repository-name cdk-hnb659fds-assets " +
        "--image-ids imageTag=prepare imageTag=upsample imageTag=train imageTag=evaluate",
    );
  });

  test("a new account: quotas at the default, no bootstrap, nothing deployed", async () => {
    account.quotas
      .on(GetServiceQuotaCommand)
      .rejects(new NoSuchResourceException({ message: "never changed", $metadata: {} }))
      .on(GetAWSDefaultServiceQuotaCommand)
      .resolves({ Quota: { Value: 0 } });
    account.ssm
      .on(GetParameterCommand, { Name: "/cdk-bootstrap/hnb659fds/version" })
      .rejects(new ParameterNotFound({ message: "none", $metadata: {} }));
    account.stacks.reset();
    account.stacks.on(DescribeStacksCommand).callsFake(({ StackName }) => Promise.reject(stackMissing(StackName)));
    const findings = await found();
    expect(findings.get("Bootstrap")!.mend).toBe(`npx cdk bootstrap aws://${ACCOUNT}/${REGION}`);
    expect(findings.get("Stacks")).toMatchObject({ state: "bad", mend: "npx cdk deploy 'hilum-prod-*'" });
    const quota = findings.get("GPU quota")!;
    expect(quota).toMatchObject({ state: "bad", found: "on demand 0, Spot 0 cores; g5.xlarge takes 4" });
    expect(quota.mend!.split("\n")).toEqual([
      expect.stringContaining("--quota-code L-DB2E81BA --desired-value 4 --region us-east-1"),
      expect.stringContaining("--quota-code L-3819A6DF --desired-value 4 --region us-east-1"),
    ]);
    expect(findings.has("Network")).toBe(false);
  });

  test("where Batch chooses the instances, the families it chooses from are looked at", async () => {
    await examine({ ...SUBJECT, instances: { ...SUBJECT.instances, cpu: ["default_x86_64"] } });
    const [, cpu] = account.ec2.commandCalls(DescribeInstanceTypesCommand).map(({ args }) => args[0].input.Filters);
    expect(cpu).toEqual([{ Name: "instance-type", Values: ["m6i.*", "c6i.*", "r6i.*", "c7i.*"] }]);
  });

  test("on-demand machines alone are a doubt, and Spot's quota is what to raise", async () => {
    account.quotas.on(GetServiceQuotaCommand, { ServiceCode: "ec2", QuotaCode: "L-3819A6DF" }).resolves({
      Quota: { Value: 0 },
    });
    const quota = (await found()).get("GPU quota")!;
    expect(quota.state).toBe("doubtful");
    expect(quota.mend).toMatch(/L-3819A6DF/);
    expect(quota.mend).not.toMatch(/\n/);
  });

  test("a region without the machines, a queue that is not valid, a door that is shut, an image that is gone", async () => {
    account.ec2.on(DescribeInstanceTypesCommand).resolves({ InstanceTypes: [] });
    account.ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [{ ServiceName: `com.amazonaws.${REGION}.s3`, State: "Available" }],
    });
    account.batch.on(DescribeJobDefinitionsCommand).resolves({ jobDefinitions: [] });
    const findings = await found();
    expect(findings.get("GPU quota")!.found).toBe("us-east-1 has none of g5.xlarge that holds a job of 4 cores");
    expect(findings.get("Network")!.found).toContain("the endpoint ecr.dkr");
    expect(findings.get("Images")!.found).toBe("0 of 4 jobs have an image");
    account.batch.on(DescribeComputeEnvironmentsCommand).resolves({
      computeEnvironments: [
        {
          computeEnvironmentName: "gpu-spot",
          computeEnvironmentArn: "arn",
          state: "ENABLED",
          status: "INVALID",
          statusReason: "CLIENT_ERROR - no such launch template",
        },
      ],
    });
    expect((await found()).get("Queues")!.found).toContain("gpu-spot is ENABLED, INVALID: CLIENT_ERROR");
  });

  test("credentials that have run out are all there is to tell, as JSON and with exit code 64", async () => {
    account.sts
      .on(GetCallerIdentityCommand)
      .rejects(Object.assign(new Error("The security token is expired"), { name: "ExpiredTokenException" }));
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await createProgram().parseAsync(["doctor", "--aws", "--stage", STAGE, "--json"], { from: "user" });
    const told = log.mock.calls.map(([text]) => text as string);
    log.mockRestore();
    expect(process.exitCode).toBe(64);
    process.exitCode = 0;
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0]!)).toMatchObject([
      { name: "Credentials", state: "bad", mend: expect.stringContaining("aws sso login") },
    ]);
  });

  test("a right that is missing is a finding of its own; the others are made", async () => {
    account.ssm.on(GetParameterCommand).rejects(Object.assign(new Error("no"), { name: "AccessDeniedException" }));
    const findings = await found();
    expect(findings.get("GPU image")).toMatchObject({
      state: "bad",
      found: expect.stringContaining("a role that may"),
    });
    expect(findings.get("Stacks")!.state).toBe("good");
  });

  test("a stage that is none, and none named", async () => {
    const call = (...args: string[]) => createProgram().parseAsync(["doctor", "--aws", ...args], { from: "user" });
    await expect(call("--stage", "nowhere")).rejects.toThrow(
      "not in bin/stages.ts; expected one of minimal, dev, prod",
    );
    await expect(call()).rejects.toThrow("Expected --stage with one of minimal, dev, prod");
  });
});
