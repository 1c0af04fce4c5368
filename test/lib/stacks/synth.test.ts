import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stages } from "../../../bin/stages.ts";
import { GateDecision } from "../../../lib/contracts/decision.ts";
import { STACK_PARTS, stackName } from "../../../lib/contracts/deployment.ts";
import { JobEnvironment } from "../../../lib/contracts/environment.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { STEP_WRITES } from "../../../lib/contracts/writers.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openStore, roomsOf } from "../../../lib/store/open.ts";
import { STEP_ACCESS } from "../../../lib/workflow/access.ts";
import { DEFINITION, definitionHash } from "../../../lib/workflow/definition.ts";
import { EXIT_RULES, JOB_STEPS, JOBS } from "../../../lib/workflow/jobs.ts";
import { SLOTS } from "../../../lib/workflow/slots.ts";
import { storedRun } from "../runs/stored-run.ts";
import { digestOf } from "./digest.ts";
import { copiedFiles } from "./dockerfile.ts";
import { reach, type Statement, statementsByRole, written } from "./roles.ts";
import { type Resource, resourcesOf, type Synthesis, synthesise } from "./synthesis.ts";

const run = promisify(execFile);

let scratch: string;
let first: Synthesis;
let second: Synthesis;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "hilum-synth-"));
  [first, second] = await Promise.all([
    synthesise(join(scratch, "first")),
    synthesise(join(scratch, "second"), { CDK_VALIDATION: "false" }),
  ]);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const all = (type: string, stack = "hilum-dev"): Resource[] =>
  [...first.templates].flatMap(([name, template]) =>
    name.startsWith(stack) ? resourcesOf(template).filter((resource) => resource.Type === type) : [],
  );
const one = (type: string): Resource => {
  const found = all(type);
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** CloudFormation writes lists of names and values with capitals. */
const lowerFirst = (object: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name[0]!.toLowerCase() + name.slice(1), value]));

describe("the CDK app", () => {
  it("makes four stacks a stage, the same each time", () => {
    expect([...first.templates.keys()]).toEqual(
      stages()
        .flatMap(({ name }) => STACK_PARTS.map((part) => stackName(name, part)))
        .sort(),
    );
    expect([...second.templates]).toEqual([...first.templates]);
  });

  it("names no account and no region", () => {
    for (const template of first.templates.values()) {
      expect(template).not.toMatch(/[^0-9a-f]\d{12}[^0-9a-f]/);
      expect(template).not.toMatch(/(us|eu|ap)-[a-z]+-\d/);
    }
  });
});

// `npx vitest run test/lib/stacks/synth.test.ts --update` writes them anew; read what has changed.
describe("templates", () => {
  it.each(stages().map(({ name }) => name))("of stage %s are as they were reviewed", async (name) => {
    const digests = [...first.templates].filter(([stack]) => stack.startsWith(`hilum-${name}-`));
    const text = digests.map(([stack, template]) => digestOf(stack, template)).join("\n");
    await expect(text).toMatchFileSnapshot(`templates/${name}.txt`);
  });

  it("of one Lambda function changed are another digest; of its code alone the same", () => {
    const template = first.templates.get("hilum-dev-training")!;
    const digest = digestOf("x", template);
    expect(digestOf("x", template.replaceAll(/[0-9a-f]{64}/g, "0".repeat(64)))).toBe(digest);
    expect(digestOf("x", template.replace(/"MemorySize": \d+/, '"MemorySize": 129'))).not.toBe(digest);
    expect(digestOf("x", template.replace('"s3:GetObject"', '"s3:GetObjectAcl"'))).toContain("s3:GetObjectAcl");
  });
});

describe("state machine", () => {
  it("is the definition that runs on a laptop, before its slots are filled", () => {
    const { DefinitionString, DefinitionSubstitutions, Tags } = one("AWS::StepFunctions::StateMachine").Properties;
    const deployed = JSON.parse(DefinitionString);
    expect(definitionHash(deployed)).toBe(definitionHash());
    expect(deployed).toEqual(DEFINITION);
    expect(Tags).toContainEqual({ Key: "hilum:definition", Value: definitionHash() });
    expect(Object.keys(DefinitionSubstitutions).sort()).toEqual([...SLOTS].sort());
  });

  it("starts when a folder of films is complete, and finds later what no event told of", () => {
    const rules = all("AWS::Events::Rule").map(({ Properties }) => Properties);
    const [arrival] = rules.filter(({ EventPattern }) => EventPattern?.source.includes("aws.s3"));
    expect(arrival.EventPattern.detail.object.key).toEqual([{ suffix: "/_SUCCESS" }]);
    expect(arrival.EventPattern["detail-type"]).toEqual(["Object Created"]);
    expect(rules.filter(({ ScheduleExpression }) => ScheduleExpression === "rate(6 hours)")).toMatchObject([
      { Targets: arrival.Targets.map(({ Arn }: { Arn: object }) => ({ Arn })) },
    ]);
    for (const { Targets } of rules) expect(Targets[0].DeadLetterConfig.Arn).toBeDefined();
    const onIncoming = all("AWS::S3::Bucket").filter((bucket) => bucket.Properties.NotificationConfiguration);
    expect(onIncoming.map((bucket) => bucket.Properties.NotificationConfiguration)).toEqual([
      { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    ]);
  });
});

describe("a run that ends badly", () => {
  it("is heard of however it ends, by the machine's own events, and by nobody else's", () => {
    const rules = all("AWS::Events::Rule").filter(({ Properties }) =>
      Properties.EventPattern?.source.includes("aws.states"),
    );
    expect(rules).toHaveLength(1);
    const { EventPattern, Targets } = rules[0]!.Properties;
    expect(EventPattern["detail-type"]).toEqual(["Step Functions Execution Status Change"]);
    expect(EventPattern.detail.status).toEqual(["FAILED", "TIMED_OUT", "ABORTED"]);
    expect(JSON.stringify(EventPattern.detail.stateMachineArn)).toMatch(/:stateMachine:hilum-dev"/);
    expect(JSON.stringify(Targets[0].Arn)).toContain("OnFailure");
  });
});

describe("batch", () => {
  it("runs GPU jobs on the current NVIDIA image, Spot first", () => {
    const environments = all("AWS::Batch::ComputeEnvironment").map(({ Properties: { ComputeResources } }) => [
      ComputeResources.Type,
      ComputeResources.Ec2Configuration.map((configuration: { ImageType: string }) => configuration.ImageType),
      ComputeResources.MinvCpus,
    ]);
    expect(environments).toEqual([
      ["SPOT", ["ECS_AL2023"], 0],
      ["EC2", ["ECS_AL2023"], 0],
      ["SPOT", ["ECS_AL2023_NVIDIA"], 0],
      ["EC2", ["ECS_AL2023_NVIDIA"], 0],
    ]);
    for (const queue of all("AWS::Batch::JobQueue")) {
      const order = queue.Properties.ComputeEnvironmentOrder.map((entry: object) => JSON.stringify(entry));
      expect(order[0]).toMatch(/Spot/);
      expect(order[1]).toMatch(/OnDemand/);
      expect(queue.Properties.JobStateTimeLimitActions).toHaveLength(3);
    }
  });

  it("brings a changed template to the instances, and leaves jobs under way as long as AWS lets an update wait", () => {
    const environments = all("AWS::Batch::ComputeEnvironment");
    expect(environments).toHaveLength(4);
    for (const { Properties } of environments) {
      const { LaunchTemplateId, Version } = Properties.ComputeResources.LaunchTemplate;
      expect(Version).toEqual({ "Fn::GetAtt": [LaunchTemplateId.Ref, "LatestVersionNumber"] });
      expect(Properties.UpdatePolicy).toEqual({ TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 360 });
    }
    expect(EXIT_RULES).toContainEqual({ onStatusReason: "Host EC2*", action: "RETRY" });
  });

  it("boots instances through the hook, at every boot, and runs no job as the root that the hook lets through", async () => {
    const hook = await readFile(new URL("../../../lib/stacks/boot-hook.sh", import.meta.url), "utf8");
    const templates = all("AWS::EC2::LaunchTemplate");
    expect(templates).toHaveLength(2);
    for (const { Properties } of templates) {
      const [, [head, { "Fn::Base64": script }]] = Properties.LaunchTemplateData.UserData["Fn::Base64"]["Fn::Join"];
      expect(head).toContain("Content-Type: text/cloud-boothook");
      expect(script).toBe(hook);
      // The hook closes the address of version 4 alone.
      expect(Properties.LaunchTemplateData.MetadataOptions.HttpProtocolIpv6 ?? "disabled").toBe("disabled");
    }
    for (const { Properties } of all("AWS::Batch::JobDefinition")) {
      expect(Properties.ContainerProperties).toMatchObject({ User: "1000", ReadonlyRootFilesystem: true });
      expect(Properties.ContainerProperties.Privileged ?? false).toBe(false);
    }
  });

  it("hears of a blocked queue, says so, and looks by the clock for what waits for nothing", () => {
    const rules = all("AWS::Events::Rule").map(({ Properties }) => Properties);
    const [watch] = all("AWS::Lambda::Function").filter(
      ({ Properties }) => Properties.Environment?.Variables.HILUM_QUEUES,
    );
    expect(watch!.Properties.Environment.Variables.HILUM_QUEUE_HOURS).toBe("6");
    const [blocked] = rules.filter(
      ({ EventPattern }) => EventPattern?.["detail-type"]?.[0] === "Batch Job Queue Blocked",
    );
    expect(blocked.EventPattern.detail.jobQueue).toHaveLength(2);
    const [clock] = rules.filter(({ ScheduleExpression }) => ScheduleExpression === "rate(15 minutes)");
    for (const { Targets } of [blocked, clock]) expect(JSON.stringify(Targets[0].Arn)).toContain("Watch");
    const [alarm] = all("AWS::CloudWatch::Alarm").filter(
      ({ Properties }) => Properties.AlarmName === "hilum-dev QueueBlocked",
    );
    expect(alarm!.Properties.AlarmDescription).toMatch(/finds no machine.*doctor.*after 6 hours/);
    for (const { Properties } of all("AWS::Batch::JobQueue")) {
      expect(Properties.JobStateTimeLimitActions[0]).toMatchObject({ MaxTimeSeconds: 6 * 3600 });
    }
  });

  it("keeps the revisions that runs under way have begun with, and lets them be submitted", () => {
    const definitions = all("AWS::Batch::JobDefinition");
    const [submit] = all("AWS::IAM::Policy")
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
      .filter(({ Action }) => Action === "batch:SubmitJob");
    const allowed = JSON.stringify(submit!.Resource);
    for (const { Properties } of definitions) {
      expect(Properties.ResourceRetentionPolicy).toEqual({ SkipDeregisterOnUpdate: true });
      expect(allowed).toContain(`:job-definition/${Properties.JobDefinitionName}:*"`);
    }
    expect(allowed).not.toContain('"Ref":"train');
  });

  it("registers each job as the local runner honours it, and ends what no rule names", () => {
    const definitions = all("AWS::Batch::JobDefinition").map(({ Properties }) => Properties);
    expect(definitions).toHaveLength(JOB_STEPS.length);
    for (const [index, step] of JOB_STEPS.entries()) {
      const { RetryStrategy, Timeout, ContainerProperties } = definitions[index]!;
      expect(RetryStrategy.Attempts).toBe(JOBS[step].attempts);
      expect(RetryStrategy.EvaluateOnExit.map(lowerFirst)).toEqual(JOBS[step].evaluateOnExit);
      expect(RetryStrategy.EvaluateOnExit.at(-1)).toEqual({ Action: "EXIT", OnReason: "*" });
      expect(Timeout.AttemptDurationSeconds).toBe(JOBS[step].timeoutSeconds);
      const resources = ContainerProperties.ResourceRequirements.map((r: { Type: string; Value: string }) => [
        r.Type,
        r.Value,
      ]);
      expect(Object.fromEntries(resources)).toEqual({
        VCPU: String(JOBS[step].vcpus),
        MEMORY: String(JOBS[step].memoryMiB),
        ...(JOBS[step].gpus > 0 && { GPU: String(JOBS[step].gpus) }),
      });
    }
    expect(EXIT_RULES).toContainEqual({ onStatusReason: "Host EC2*", action: "RETRY" });
    expect(EXIT_RULES).toContainEqual({ onExitCode: "75", action: "RETRY" });
    expect(EXIT_RULES).toContainEqual({ onExitCode: "64", action: "EXIT" });
  });

  it("gives each job what its environment contract asks for", () => {
    for (const { Properties } of all("AWS::Batch::JobDefinition")) {
      const variables = Properties.ContainerProperties.Environment.map(({ Name }: { Name: string }) => [
        Name,
        "s3://bucket",
      ]);
      expect(variables.map(([name]: [string]) => name)).toContain("AWS_REGION");
      const environment = { ...Object.fromEntries(variables), HILUM_RUN: "run-1" };
      expect(JobEnvironment.safeParse(environment).error).toBeUndefined();
    }
  });
});

describe("the page's one origin", () => {
  it("sends every route of the API to the API, and to nothing else", () => {
    const { DefaultCacheBehavior, CacheBehaviors } = one("AWS::CloudFront::Distribution").Properties.DistributionConfig;
    const paths = Object.keys(one("AWS::ApiGateway::RestApi").Properties.Body.paths);
    expect(paths).toEqual(expect.arrayContaining(["/v1/openapi.json", "/v1/predictions", "/v2"]));
    const patterns = CacheBehaviors.map(
      ({ PathPattern }: { PathPattern: string }) => new RegExp(`^${PathPattern.replaceAll("*", ".*")}$`),
    );
    const reaches = (path: string) => patterns.some((pattern: RegExp) => pattern.test(path));
    expect(paths.filter((path) => !reaches(path))).toEqual([]);
    for (const file of ["/", "/docs", "/page/docs.js", "/login.json", "/v10"]) expect(reaches(file), file).toBe(false);
    const [origin, ...others] = new Set(
      CacheBehaviors.map((behaviour: { TargetOriginId: string }) => behaviour.TargetOriginId),
    );
    expect(others).toEqual([]);
    expect(origin).not.toBe(DefaultCacheBehavior.TargetOriginId);
  });
});

describe("images", () => {
  it("are given every file that their Dockerfile copies, and no secret or package", async () => {
    const assets = JSON.parse(
      await readFile(join(first.folder, "hilum-dev-training.assets.json"), "utf8"),
    ).dockerImages;
    const api = JSON.parse(await readFile(join(first.folder, "hilum-dev-inference.assets.json"), "utf8")).dockerImages;
    const sources = [...Object.values(assets), ...Object.values(api)] as {
      source: {
        directory: string;
        dockerFile: string;
        dockerBuildTarget: string;
        dockerBuildArgs?: Record<string, string>;
      };
    }[];
    expect(sources.map(({ source }) => source.dockerBuildTarget).sort()).toEqual([
      "api",
      "evaluator",
      "prepare",
      "trainer",
      "upsampler",
    ]);
    for (const { source } of sources) {
      const { dockerBuildTarget: target, dockerBuildArgs } = source;
      expect(dockerBuildArgs).toEqual(target === "trainer" ? { ENGINE: "gpu" } : undefined);
      const context = join(first.folder, source.directory);
      const dockerfile = await readFile(join(context, source.dockerFile), "utf8");
      const copied = copiedFiles(dockerfile, target, { ENGINE: "cpu", ...dockerBuildArgs });
      expect(copied).toContain("package-lock.json");
      expect(copied).toContain(`${target === "api" ? "functions" : "containers"}/${target}`);
      for (const file of copied) await expect(stat(join(context, file))).resolves.toBeDefined();
      const unwanted = new Set(["node_modules", ".git", "test", "bin/cdk.ts", "lib/stacks", "lib/local"]);
      const present = await readdir(context, { recursive: true });
      expect(present.filter((name) => unwanted.has(name))).toEqual([]);
    }
  });
});

describe("functions", () => {
  it("load from their bundles, and keep the names of errors that the state machine matches", async () => {
    const bundles = (await readdir(first.folder, { recursive: true })).filter((name) => name.endsWith("index.mjs"));
    expect(bundles).toHaveLength(11);
    const calls = bundles.map(
      (name) => `const { handler } = await import(${JSON.stringify(pathToFileURL(join(first.folder, name)).href)});
        console.log((await handler({ run: "NOT A RUN" }).catch((error) => error)).name);`,
    );
    const program = `${calls.map((call) => `{ ${call} }`).join("\n")}`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
      env: { ...process.env, ...roomsOf("memory://none") },
    });
    const names = stdout.trim().split("\n").sort();
    expect(names).toEqual([...Array<string>(6).fill("InputError"), ...Array<string>(5).fill("ZodError")]);
  });

  it("that end runs leave a run's page beside its report, by themselves", async () => {
    const there = (name: string) =>
      all("AWS::Lambda::Function").filter(({ Properties }) => Properties.Environment?.Variables[name] !== undefined);
    expect(there("HILUM_RUN_PAGE")).toHaveLength(2);
    const templates = (await readdir(first.folder, { recursive: true })).filter((name) =>
      name.endsWith("run-page.html"),
    );
    expect(templates).toHaveLength(2);
    const store = pathToFileURL(join(scratch, "ended")).href;
    const runs = openStore(roomsOf(store).HILUM_RUNS);
    const { keys, request, done } = storedRun(runs, "ended-0123abcd");
    await request();
    await done("evaluate", 1);
    await writeDocument(runs, keys.decision, GateDecision, {
      ...{ schema: "hilum.decision/1", run: "ended-0123abcd", candidate: "0".repeat(16) },
      ...{ champion: null, decision: "keep", checks: [] },
    });
    const ends = templates.map(async (name) => {
      const bundle = pathToFileURL(join(first.folder, name, "../index.mjs")).href;
      const call = `const { handler } = await import("${bundle}"); await handler({ run: "ended-0123abcd" });`;
      const env = { ...process.env, ...roomsOf(store), HILUM_RUN_PAGE: join(first.folder, name) };
      return run(process.execPath, ["--input-type=module", "--eval", call], { env });
    });
    // One of the two is called with the run, the other by events.
    const ended = await Promise.allSettled(ends);
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const page = Buffer.from(await runs.get(keys.page)).toString();
    expect(page).toMatch(/^<!doctype html>.*<script type="application\/json" id="still-run">\{"run":"ended-0123abcd"/s);
    expect(page).toContain('"status":"not-promoted"');
    expect(page).toContain("</html>");
  });

  it("tell the arrival of films which configuration to use", () => {
    const configs = all("AWS::Lambda::Function").flatMap(
      ({ Properties }) => Properties.Environment?.Variables.HILUM_CONFIG ?? [],
    );
    expect(configs).toHaveLength(1);
    expect(RunConfig.parse(JSON.parse(configs[0])).name).toBe("smoke");
    expect(configs[0].length).toBeLessThan(3500);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
describe("a new account's Lambda quotas", () => {
  it.each(stages().map(({ name }) => name))("are enough for stage %s", (name) => {
    const functions = all("AWS::Lambda::Function", `hilum-${name}-`).map(({ Properties }) => Properties);
    expect(functions.length).toBeGreaterThan(8);
    expect(functions.filter(({ MemorySize }) => MemorySize > 3008)).toEqual([]);
    // Of 10 calls at a time none can be set aside.
    expect(functions.filter((made) => "ReservedConcurrentExecutions" in made)).toEqual([]);
    const aliases = all("AWS::Lambda::Alias", `hilum-${name}-`).map(({ Properties }) => Properties);
    expect(aliases.filter((alias) => "ProvisionedConcurrencyConfig" in alias)).toEqual([]);
  });
});

describe("a stage that goes", () => {
  const resources = (stack: string) =>
    Object.entries(JSON.parse(first.templates.get(stack)!).Resources) as [
      string,
      Resource & { readonly DeletionPolicy?: string; readonly DependsOn?: string[] },
    ][];
  const emptied = (stack: string): string[] =>
    resources(stack)
      .flatMap(([, { Properties }]) => Properties?.buckets ?? Properties?.bucket ?? [])
      .map(({ Ref }: { Ref: string }) => Ref);
  const buckets = (stack: string, policy: string): string[] =>
    resources(stack).flatMap(([name, { Type, DeletionPolicy }]) =>
      Type === "AWS::S3::Bucket" && DeletionPolicy === policy ? [name] : [],
    );

  it.each(stages().flatMap(({ name }) => ["data", "inference"].map((part) => `hilum-${name}-${part}`)))(
    "empties the buckets that go with %s, and no other",
    (stack) => {
      expect(emptied(stack).sort()).toEqual(buckets(stack, "Delete").sort());
      const grants = resources(stack)
        .filter(([name, { Type }]) => Type === "AWS::IAM::Policy" && /^(EmptyBuckets|PageFiles)/.test(name))
        .map(([, resource]) => JSON.stringify(resource));
      const allowed = (action: string) => grants.filter((grant) => grant.includes(action)).join();
      for (const name of buckets(stack, "Delete")) expect(allowed("s3:DeleteObjectVersion")).toContain(name);
      for (const name of buckets(stack, "Retain")) expect(allowed("s3:DeleteObjectVersion")).not.toContain(name);
    },
  );

  it.each(stages().flatMap(({ name, keepData }) => (keepData ? [] : [name])))(
    "of %s leaves nothing but API Gateway's role, which is the account's",
    (name) => {
      const left = STACK_PARTS.flatMap((part) =>
        resources(stackName(name, part)).flatMap(([, { Type, DeletionPolicy = "Delete" }]) =>
          DeletionPolicy === "Delete" ? [] : [Type],
        ),
      );
      expect(left).toEqual(["AWS::IAM::Role", "AWS::ApiGateway::Account"]);
    },
  );

  it("takes away the right to write access logs before it empties what they stand in", () => {
    const [[name] = []] = resources("hilum-dev-data").filter(([, { Properties }]) => Properties?.buckets);
    const [[, policy] = []] = resources("hilum-dev-data").filter(([id]) => id.startsWith("accessLogsPolicy"));
    expect(JSON.stringify(policy!.Properties.PolicyDocument)).toContain("logging.s3.amazonaws.com");
    expect(policy!.DependsOn).toContain(name);
    expect(emptied("hilum-dev-data").at(-1)).toMatch(/^accessLogs/);
  });
});

/** What a right comes to in S3's own words. */
const ACTIONS = {
  read: ["s3:GetObject", "s3:ListBucket"],
  write: ["s3:PutObject", "s3:AbortMultipartUpload"],
  delete: ["s3:DeleteObject"],
};

describe("security", () => {
  const statements = (type: string): Statement[] =>
    all(type).flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
  const actions = ({ Action }: Statement): string[] => [Action].flat();

  it("allows no role a wildcard action, and only actions without resources on everything", () => {
    const allowed = statements("AWS::IAM::Policy").filter(({ Effect }) => Effect === "Allow");
    expect(allowed.flatMap(actions).filter((action) => action.includes("*"))).toEqual([]);
    const onEverything = new Set(allowed.filter(({ Resource }) => Resource === "*").flatMap(actions));
    expect([...onEverything].sort()).toEqual([
      "batch:DescribeJobs",
      "batch:ListJobs",
      "batch:TerminateJob",
      "ecr:GetAuthorizationToken",
      ...[
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
      ].map((name) => `logs:${name}`),
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });

  it.each(Object.entries(STEP_ACCESS))(
    "lets step %s reach what it reads and writes, and nothing else",
    (step, access) => {
      const roles = statementsByRole(first.templates.get("hilum-dev-training")!);
      const [, statements = []] = [...roles].find(([name]) => new RegExp(`^${step}(Function.*|Role)`).test(name)) ?? [];
      const expected = Object.entries(access).flatMap(([place, rights]) =>
        rights.flatMap((right) => ACTIONS[right].map((action) => `${place} ${action}`)),
      );
      expect(reach(statements)).toEqual(expected.sort());
    },
  );

  it.each(Object.entries(STEP_WRITES))("lets step %s write and delete its own keys, and no others", (step, writes) => {
    const roles = statementsByRole(first.templates.get("hilum-dev-training")!);
    const [, statements = []] = [...roles].find(([name]) => new RegExp(`^${step}(Function.*|Role)`).test(name)) ?? [];
    const expected = Object.entries(writes as Readonly<Record<string, readonly string[]>>).flatMap(([place, keys]) =>
      keys.map((key) => `${place}/${key}`),
    );
    expect(written(statements)).toEqual(expected.sort());
  });

  it("lets the API reach models, uploads and readers' labels alone", () => {
    const roles = statementsByRole(first.templates.get("hilum-dev-inference")!);
    const [, statements = []] = [...roles].find(([name]) => name.startsWith("ApiServiceRole")) ?? [];
    expect(new Set(reach(statements).map((entry) => entry.split(" ")[0]))).toEqual(
      new Set(["models", "uploads", "incoming/feedback", "incoming"]),
    );
    // The bucket itself is listed under that folder only.
    expect(reach(statements).filter((entry) => entry.startsWith("incoming "))).toEqual(["incoming s3:ListBucket"]);
  });

  it("leaves no statement a wildcard action, of roles, keys, buckets, queues or topics", () => {
    const documents = [...first.templates.values()].flatMap((template) =>
      resourcesOf(template).flatMap(({ Type, Properties }) => [
        ...[Properties?.PolicyDocument, Properties?.KeyPolicy, Properties?.AssumeRolePolicyDocument].flatMap(
          (document) => (document?.Statement ?? []).map((statement: Statement) => ({ Type, statement })),
        ),
      ]),
    );
    expect(documents.length).toBeGreaterThan(100);
    const wide = documents.filter(
      ({ statement }) => statement.Effect === "Allow" && [statement.Action].flat().some((name) => name.includes("*")),
    );
    expect(wide).toEqual([]);
  });

  it("lets only those who must delete or write", () => {
    const mayDo = (action: string) =>
      all("AWS::IAM::Policy")
        .filter(({ Properties }) => JSON.stringify(Properties.PolicyDocument).includes(`"${action}"`))
        .map(({ Properties }) => Properties.PolicyName.split(/Function|Role|ServiceRole|inlinePolicy/)[0]);
    expect(mayDo("states:StartExecution").sort()).toEqual(["OnData", "OnFailure", "notify"]);
    expect(mayDo("states:GetExecutionHistory")).toEqual(["OnFailure"]);
    expect(mayDo("s3:GetObject")).toContain("Api");
  });

  it("keeps every bucket private, encrypted and behind TLS, with its old versions", () => {
    const buckets = all("AWS::S3::Bucket");
    const kept = buckets.filter(({ Properties }) => Properties.VersioningConfiguration?.Status === "Enabled");
    expect(kept).toHaveLength(buckets.length - 1);
    for (const { Properties } of buckets) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
    const owned = buckets.flatMap(({ Properties }) => Properties.OwnershipControls.Rules);
    const enforced = owned.filter(({ ObjectOwnership }) => ObjectOwnership === "BucketOwnerEnforced");
    // CloudFront writes its log by an access list, which then is the bucket owner's.
    expect(enforced).toHaveLength(buckets.length - 1);
    expect(owned).toContainEqual({ ObjectOwnership: "BucketOwnerPreferred" });
    const byKey = buckets.filter(({ Properties }) => {
      const [rule] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      return rule.ServerSideEncryptionByDefault.SSEAlgorithm === "aws:kms";
    });
    expect(byKey).toHaveLength(5);
    const denied = statements("AWS::S3::BucketPolicy").filter(({ Effect }) => Effect === "Deny");
    expect(denied.filter((statement) => JSON.stringify(statement).includes("aws:SecureTransport"))).toHaveLength(
      buckets.length,
    );
    expect(one("AWS::KMS::Key").Properties.EnableKeyRotation).toBe(true);
  });

  it("opens no port inwards; instances keep their credentials and their disks to themselves", () => {
    for (const { Properties } of all("AWS::EC2::SecurityGroup"))
      expect(Properties.SecurityGroupIngress).toBeUndefined();
    expect(all("AWS::EC2::SecurityGroupIngress")).toEqual([]);
    for (const { Properties } of all("AWS::EC2::LaunchTemplate")) {
      const { MetadataOptions, BlockDeviceMappings } = Properties.LaunchTemplateData;
      expect(MetadataOptions.HttpTokens).toBe("required");
      expect(BlockDeviceMappings[0].Ebs.Encrypted).toBe(true);
    }
  });

  it("keeps the data of production when its stack goes", () => {
    const policies = (stack: string) =>
      [...first.templates]
        .filter(([name]) => name === stack)
        .flatMap(
          ([, template]) =>
            Object.values(JSON.parse(template).Resources) as { Type: string; DeletionPolicy?: string }[],
        )
        .filter(({ Type }) => ["AWS::S3::Bucket", "AWS::KMS::Key"].includes(Type))
        .map(({ DeletionPolicy }) => DeletionPolicy);
    // Uploads are gone within two days anyway.
    expect(policies("hilum-prod-data").filter((policy) => policy !== "Retain")).toEqual(["Delete"]);
    expect(new Set(policies("hilum-dev-data"))).toEqual(new Set(["Delete"]));
  });
});
