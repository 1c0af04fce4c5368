import { GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeComputeEnvironmentsCommand, DescribeJobDefinitionsCommand } from "@aws-sdk/client-batch";
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import {
  GetAccountSettingsCommand,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
} from "@aws-sdk/client-service-quotas";
import { ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import { GetParameterCommand, ParameterNotFound } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgram } from "../../../bin/cli/program.ts";
import { examine } from "../../../lib/cloud/doctor/examine.ts";
import type { Subject } from "../../../lib/cloud/doctor/looked.ts";
import { modelKeys } from "../../../lib/contracts/layout.ts";
import { Channels } from "../../../lib/contracts/model-version.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";
import { ACCOUNT, digestOf, mockAccount, outputsOf, REGION, stackMissing } from "./account.ts";

const STAGE = "prod";
const config = RunConfig.parse({
  name: "x",
  model: { network: "densenet121", channels: 3, weights: { from: "imagenet" } },
});
const SUBJECT = {
  stage: STAGE,
  network: "endpoints",
  subnetIds: [],
  zones: [],
  instances: { cpu: ["m6i.2xlarge"], gpu: ["g5.xlarge"] },
  api: { memoryMiB: 3008, concurrency: null, provisioned: 0, accountLogRole: true, private: null },
  qualifier: "hnb659fds",
  permissionsBoundary: null,
  config,
} as const;

let server: S3Server;
let account: ReturnType<typeof mockAccount>;

describe.skipIf(noServer)("doctor --aws", () => {
  beforeAll(async () => {
    server = await startS3Server();
    stubEnvironment(server.environment);
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
    expect([...findings.values()].map(({ name, state }) => `${name}: ${state}`)).toEqual(
      [
        ...["Credentials", "Region", "Bootstrap", "GPU types", "CPU types", "GPU quota", "CPU quota"],
        ...["GPU image", "CPU image", "API memory", "API calls", "API door", "Log role", "Stacks"],
        ...["Queues", "Instances", "Network", "Images", "Weights", "Channel", "Alarms"],
      ].map((name) => `${name}: ${name === "Weights" ? "bad" : "good"}`),
    );
    expect(findings.get("Weights")!.mend).toBe("bin/hilum import-weights --backbone densenet121 --stage prod");
    expect(findings.get("Channel")!.found).toBe("0123456789abcdef in production");
    expect(findings.get("GPU image")!.found).toBe("ami-0123456789abcdef0");
    const digests = ["prepare", "upsample", "train", "evaluate", "api"].map((name) => digestOf(name).slice(7, 19));
    expect(findings.get("Images")!.found).toBe(`5 images are there: ${digests.join(", ")}`);
    expect(findings.get("GPU types")!.found).toBe("zones of us-east-1: g5.xlarge in abd; jobs run in ab");
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

  test("a network that was there needs any way out, or every endpoint; its owner mends it", async () => {
    const network = async () => {
      const findings = await examine({ ...SUBJECT, network: "existing" });
      return findings.find(({ name }) => name === "Network")!;
    };
    const gateway = { TransitGatewayId: "tgw-1", DestinationCidrBlock: "0.0.0.0/0", State: "active" } as const;
    expect(await network()).toMatchObject({ state: "good" });
    account.ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [] });
    expect(await network()).toMatchObject({
      state: "bad",
      found: expect.stringContaining("the endpoint s3, the endpoint ecr.api"),
      mend: "Its owner adds them, or a route that leads out.",
    });
    // Its subnets have no table of their own, and follow the network's.
    account.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [] });
    account.ec2
      .on(DescribeRouteTablesCommand, {
        Filters: [
          { Name: "vpc-id", Values: ["vpc-1"] },
          { Name: "association.main", Values: ["true"] },
        ],
      })
      .resolves({ RouteTables: [{ Routes: [gateway] }] });
    expect(await network()).toMatchObject({ state: "good" });
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

  describe("Lambda", () => {
    const about = async (api: Partial<Subject["api"]>, name: string) => {
      const findings = await examine({ ...SUBJECT, api: { ...SUBJECT.api, ...api } });
      return findings.find((finding) => finding.name === name)!;
    };
    const limit = (ConcurrentExecutions: number, reserved = 0) =>
      account.lambda.on(GetAccountSettingsCommand).resolves({
        AccountLimit: { ConcurrentExecutions, UnreservedConcurrentExecutions: ConcurrentExecutions - reserved },
      });
    const nothingDeployed = () => {
      account.stacks.reset();
      account.stacks.on(DescribeStacksCommand).callsFake(({ StackName }) => Promise.reject(stackMissing(StackName)));
    };

    test.each([
      [{ concurrency: 20 }, "api.concurrency"],
      [{ provisioned: 1 }, "api.provisioned"],
    ])("in a new account sets nothing aside: %o is refused before it is deployed", async (api, setting) => {
      nothingDeployed();
      limit(10);
      const finding = await about(api, "API calls");
      expect(finding).toMatchObject({ state: "bad", found: expect.stringContaining("10 calls at a time") });
      expect(finding.mend!.split("\n")).toEqual([
        "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 " +
          "--desired-value 1000 --region us-east-1",
        `or take ${setting} out of bin/stages.ts until then`,
      ]);
    });

    test("with nothing set aside ten calls at a time are a doubt, a thousand are good", async () => {
      limit(10);
      expect(await about({}, "API calls")).toMatchObject({ state: "doubtful", mend: expect.stringContaining("1000") });
      limit(1000);
      expect((await about({}, "API calls")).state).toBe("good");
    });

    test("counts what the deployed API has set aside itself", async () => {
      limit(120, 20);
      expect((await about({ concurrency: 20 }, "API calls")).state).toBe("good");
      expect((await about({ concurrency: 21 }, "API calls")).state).toBe("bad");
    });

    const fault = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: {} });

    test.each([
      [
        "an account that may have 3,008 MiB",
        fault(
          "ValidationException",
          "1 validation error detected: Value '3538' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 3008",
        ),
        { state: "bad", found: "3,538 MiB, where this account may have 3,008 MiB" },
      ],
      [
        "an account that may have more",
        new ResourceNotFoundException({ message: "Function not found", $metadata: {} }),
        { state: "good", found: "3,538 MiB, which Lambda does not refuse" },
      ],
      [
        "a role that may not ask",
        fault("AccessDeniedException", "not authorized"),
        { state: "doubtful", mend: expect.stringContaining("function:hilum-prod-memory-probe") },
      ],
      ["another fault", fault("ServiceFaultException", "no"), { state: "bad", found: "ServiceFaultException: no" }],
    ])(
      "is asked for more memory than every account has by a probe that changes nothing: %s",
      async (_, error, told) => {
        account.lambda.on(UpdateFunctionConfigurationCommand).rejects(error);
        expect(await about({ memoryMiB: 3538 }, "API memory")).toMatchObject(told);
        expect((await about({}, "API memory")).state).toBe("good");
        // What is there is called something else.
        expect(
          account.lambda.commandCalls(UpdateFunctionConfigurationCommand).map(({ args }) => args[0].input),
        ).toEqual([{ FunctionName: "hilum-prod-memory-probe", MemorySize: 3538 }]);
      },
    );
  });

  describe("instance types", () => {
    const offer = (places: Readonly<Record<string, string>>) =>
      account.ec2.on(DescribeInstanceTypeOfferingsCommand).resolves({
        InstanceTypeOfferings: Object.entries(places).flatMap(([type, zones]) =>
          [...zones].map((zone) => ({ InstanceType: type as "g5.xlarge", Location: `${REGION}${zone}` })),
        ),
      });
    const gpu = async (types: readonly string[]) =>
      (await examine({ ...SUBJECT, instances: { ...SUBJECT.instances, gpu: types } })).find(
        ({ name }) => name === "GPU types",
      );

    test("of which the region lacks one are refused with the whole list", async () => {
      offer({ "g5.xlarge": "ab", "m6i.2xlarge": "ab" });
      expect(await gpu(["g4dn.xlarge", "g5.xlarge"])).toMatchObject({
        state: "bad",
        found: "us-east-1 lacks g4dn.xlarge, for which Batch refuses the whole list",
        mend: 'gpu: { instances: ["g5.xlarge"] } in bin/stages.ts',
      });
    });

    test("are told by zone; in none of the zones that jobs run in they are no use", async () => {
      offer({ "g5.xlarge": "bc", "g6.xlarge": "c", "m6i.2xlarge": "ab" });
      expect(await gpu(["g5.xlarge", "g6.xlarge"])).toMatchObject({
        state: "good",
        found: "zones of us-east-1: g5.xlarge in bc, g6.xlarge in c; jobs run in ab",
      });
      expect(await gpu(["g6.xlarge"])).toMatchObject({
        state: "bad",
        found: expect.stringContaining("jobs run in ab, where none of them is"),
      });
    });

    test("are looked for where the stage says that jobs are to run, before anything is deployed", async () => {
      account.stacks.reset();
      account.stacks.on(DescribeStacksCommand).callsFake(({ StackName }) => Promise.reject(stackMissing(StackName)));
      offer({ "g5.xlarge": "c", "m6i.2xlarge": "abc" });
      const types = async (where: Partial<Subject>) =>
        (await examine({ ...SUBJECT, ...where })).find(({ name }) => name === "GPU types");
      expect((await types({}))!.found).toBe("zones of us-east-1: g5.xlarge in c");
      expect(await types({ zones: ["us-east-1a"] })).toMatchObject({ state: "bad" });
      expect(await types({ zones: ["us-east-1a", "us-east-1c"] })).toMatchObject({ state: "good" });
      // The account's subnets are in a and b.
      expect(await types({ network: "existing", subnetIds: ["subnet-1"] })).toMatchObject({ state: "bad" });
    });

    test("that Batch chooses itself are those of its families", async () => {
      offer({ "m6i.2xlarge": "a", "c7i.4xlarge": "b" });
      const findings = await examine({ ...SUBJECT, instances: { cpu: ["default_x86_64"], gpu: ["m6i.2xlarge"] } });
      expect(findings.find(({ name }) => name === "CPU types")!.found).toContain("default_x86_64 in ab");
    });
  });

  test.each([
    [true, undefined, "good", "none yet"],
    [false, undefined, "bad", "none, and api.accountLogRole is false"],
    [true, "arn:aws:iam::111122223333:role/hilum-dev-inference-RestCloudWatchRole-1", "good", "hilum-dev"],
    [true, "arn:aws:iam::111122223333:role/theirs", "doubtful", "in whose place"],
    [false, "arn:aws:iam::111122223333:role/theirs", "good", "theirs"],
  ])("API Gateway's role for logs: set by the stage %s, there %s", async (accountLogRole, role, state, text) => {
    account.gateway.on(GetAccountCommand).resolves({ cloudwatchRoleArn: role });
    const findings = await examine({ ...SUBJECT, api: { ...SUBJECT.api, accountLogRole } });
    const finding = findings.find(({ name }) => name === "Log role");
    expect(finding).toMatchObject({ state, found: expect.stringContaining(text) });
  });

  test("the endpoints of a private API are there, and API Gateway's", async () => {
    const door = async (...endpointIds: string[]) =>
      (await examine({ ...SUBJECT, api: { ...SUBJECT.api, private: { endpointIds } } })).find(
        ({ name }) => name === "API door",
      );
    account.ec2
      .on(DescribeVpcEndpointsCommand, { Filters: [{ Name: "vpc-endpoint-id", Values: ["vpce-1"] }] })
      .resolves({
        VpcEndpoints: [
          { VpcEndpointId: "vpce-1", State: "Available", ServiceName: `com.amazonaws.${REGION}.execute-api` },
        ],
      });
    expect((await door("vpce-1"))!.state).toBe("good");
    expect(await door("vpce-2")).toMatchObject({ state: "bad", found: "no open endpoint of execute-api: vpce-2" });
  });

  test("a bootstrap of another name, in an account that bounds its roles", async () => {
    account.ssm
      .on(GetParameterCommand, { Name: "/cdk-bootstrap/films/version" })
      .rejects(new ParameterNotFound({ message: "none", $metadata: {} }));
    const permissionsBoundary = "arn:aws:iam::111122223333:policy/hospital/bound";
    const findings = await examine({ ...SUBJECT, qualifier: "films", permissionsBoundary });
    expect(findings.find(({ name }) => name === "Bootstrap")!.mend).toBe(
      "npx cdk bootstrap --qualifier films --toolkit-stack-name CDKToolkit-films " +
        `--custom-permissions-boundary hospital/bound aws://${ACCOUNT}/${REGION}`,
    );
  });

  test("instances that an older launch template makes", async () => {
    account.ec2.on(DescribeLaunchTemplatesCommand).resolves({
      LaunchTemplates: [{ LaunchTemplateId: "lt-1", LatestVersionNumber: 4 }],
    });
    expect((await found()).get("Instances")).toMatchObject({
      state: "bad",
      found: "cpu-spot by version 3 of 4, gpu-spot by version 3 of 4",
    });
  });

  test("an image that a rule has removed from the registry", async () => {
    account.registry
      .on(DescribeImagesCommand, { imageIds: [{ imageTag: "train" }] })
      .rejects(Object.assign(new Error("gone"), { name: "ImageNotFoundException" }));
    expect((await found()).get("Images")).toMatchObject({
      state: "bad",
      found: expect.stringMatching(/^gone from the registry: .*:train$/),
      mend: "npx cdk deploy 'hilum-prod-*'",
    });
  });

  test.each([
    ["nobody", [], "doubtful", "nobody is told of alarms"],
    ["one who has not confirmed", ["PendingConfirmation"], "bad", "0 confirmed, 1 not"],
    ["one of two", ["arn:1", "PendingConfirmation"], "doubtful", "1 confirmed, 1 not"],
  ])("alarms reach %s", async (_, arns, state, text) => {
    const Subscriptions = arns.map((SubscriptionArn) => ({ SubscriptionArn, Endpoint: "a@example.org" }));
    account.topics.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions });
    const alarms = (await found()).get("Alarms")!;
    expect(alarms).toMatchObject({ state, found: expect.stringContaining(text) });
    expect(alarms.mend).toMatch(/^aws sns subscribe .*--notification-endpoint (a|NAME)@/i);
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
