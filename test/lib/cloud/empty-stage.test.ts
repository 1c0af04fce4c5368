import { PassThrough } from "node:stream";
import { DescribeStacksCommand, GetTemplateCommand, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgram } from "../../../bin/cli/program.ts";
import { stackName } from "../../../lib/contracts/deployment.ts";
import { bucketContents, emptyBucket, isNothing } from "../../../lib/store/bucket-contents.ts";
import { s3Client } from "../../../lib/store/s3.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";
import { mockAccount, outputsOf, REGION, stackMissing } from "./account.ts";

const STAGE = "dev";
const MACHINE = outputsOf("training", STAGE).StateMachine!;

/** Logical names as the CDK makes them; the bucket of access logs is not the last. */
const BUCKETS = {
  data: { accessLogs751B1465: "logs", incoming0B397865: "incoming", uploadsC5D9E923: "uploads" },
  inference: { PageFilesCF31DEC7: "page" },
} as const;

describe.skipIf(noServer)("hilum empty", () => {
  let server: S3Server;
  let client: S3Client;
  let account: ReturnType<typeof mockAccount>;
  const mockMachine = () => mockClient(SFNClient);
  let machine: ReturnType<typeof mockMachine>;
  let [out, err] = ["", ""];

  beforeAll(async () => {
    server = await startS3Server({ versions: true });
    stubEnvironment(server.environment);
    vi.stubEnv("AWS_REGION", REGION);
    client = s3Client();
  });
  afterAll(async () => {
    client.destroy();
    vi.unstubAllEnvs();
    await server.stop();
  });
  beforeEach(async () => {
    [out, err] = ["", ""];
    vi.spyOn(console, "log").mockImplementation((text) => {
      out += `${text}\n`;
    });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      err += text;
      return true;
    });
    machine = mockMachine();
    machine.on(ListExecutionsCommand).resolves({ executions: [] });
    for (const Bucket of Object.values({ ...BUCKETS.data, ...BUCKETS.inference })) {
      await server.bucket(Bucket);
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      for (const Key of ["a", "a", "b"]) await client.send(new PutObjectCommand({ Bucket, Key, Body: "film" }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: "b" }));
    }
  });
  afterEach(async () => {
    for (const Bucket of Object.values({ ...BUCKETS.data, ...BUCKETS.inference })) {
      await emptyBucket(client, Bucket);
      await client.send(new DeleteBucketCommand({ Bucket })).catch(() => {});
    }
    vi.restoreAllMocks();
    machine.restore();
    account.restore();
  });

  /** A deployed stage with these buckets, and what CloudFormation does with each when its stack goes. */
  const deployed = (policyOf: (logicalName: string) => string | undefined): void => {
    account = mockAccount(STAGE);
    account.stacks.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: [] });
    for (const [part, buckets] of Object.entries(BUCKETS)) {
      const StackName = stackName(STAGE, part as keyof typeof BUCKETS);
      account.stacks
        .on(ListStackResourcesCommand, { StackName })
        .resolves({
          StackResourceSummaries: Object.entries(buckets).map(([LogicalResourceId, PhysicalResourceId]) => ({
            ...{ LogicalResourceId, PhysicalResourceId, ResourceType: "AWS::S3::Bucket" },
            ...{ LastUpdatedTimestamp: new Date(0), ResourceStatus: "CREATE_COMPLETE" },
          })),
        })
        .on(GetTemplateCommand, { StackName })
        .resolves({
          TemplateBody: JSON.stringify({
            Resources: Object.fromEntries(
              Object.keys(buckets).map((name) => [name, { DeletionPolicy: policyOf(name) }]),
            ),
          }),
        });
    }
  };
  const goes = () => deployed((name) => (name.startsWith("incoming") ? undefined : "Delete"));
  const keeps = () => deployed((name) => (/^(uploads|Page)/.test(name) ? "Delete" : "Retain"));

  const call = (...args: string[]) =>
    createProgram().parseAsync(["empty", "--stage", STAGE, ...args], { from: "user" });
  const empty = async (...names: string[]) =>
    Promise.all(names.map(async (name) => isNothing(await bucketContents(client, name))));
  const ALL = ["incoming", "uploads", "page", "logs"];

  test("--dry-run counts what would go, and leaves it", async () => {
    goes();
    await call("--dry-run");
    expect(out.trimEnd().split("\n")).toEqual([
      "incoming     3 versions (1 MB), 1 delete marker  s3://incoming",
      "uploads      3 versions (1 MB), 1 delete marker  s3://uploads",
      "PageFiles    3 versions (1 MB), 1 delete marker  s3://page",
      "accessLogs   3 versions (1 MB), 1 delete marker  s3://logs",
      "dev: 12 versions (1 MB), 4 delete markers would be removed.",
    ]);
    expect(await empty(...ALL)).toEqual([false, false, false, false]);
  });

  test("--yes removes all, the access logs last, and says so as JSON; then every bucket can be deleted", async () => {
    goes();
    await call("--yes", "--json");
    const { total, buckets, ...rest } = JSON.parse(out);
    expect(rest).toEqual({ stage: "dev", removed: true });
    expect(total).toEqual({ versions: 12, markers: 4, uploads: 0, bytes: 48 });
    expect(buckets.at(-1)).toEqual({
      name: "accessLogs",
      bucket: "logs",
      versions: 3,
      markers: 1,
      uploads: 0,
      bytes: 12,
    });
    expect(err).toMatch(/^incoming .*done.*\nuploads .*done.*\nPageFiles .*done.*\naccessLogs .*done/);
    for (const Bucket of ALL) await client.send(new DeleteBucketCommand({ Bucket }));
    out = "";
    await call("--yes");
    expect(out).toContain("dev: nothing removed.");
  });

  test("without --yes somebody types the stage's name; a program is told of --yes", async () => {
    goes();
    await expect(call()).rejects.toMatchObject({ code: "unconfirmed", exitCode: 64 });
    const terminal = (text: string) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as never);
      stdin.write(`${text}\n`);
    };
    terminal("yes");
    await expect(call()).rejects.toMatchObject({ code: "unconfirmed" });
    expect(await empty(...ALL)).toEqual([false, false, false, false]);
    terminal("dev");
    await call();
    expect(await empty(...ALL)).toEqual([true, true, true, true]);
  });

  test("where the stage keeps its data nothing goes but what is named", async () => {
    keeps();
    await expect(call("--yes")).rejects.toThrow(
      "stage dev: it keeps incoming, accessLogs (keepData); expected each bucket by its name, as those that go with " +
        "their stacks: --bucket uploads --bucket PageFiles",
    );
    await expect(call("--yes", "--bucket", "runs")).rejects.toThrow("expected some of incoming, uploads, PageFiles");
    await call("--yes", "--bucket", "uploads", "incoming");
    expect(await empty(...ALL)).toEqual([true, true, false, false]);
  });

  test("a run under way is left to end, or to be stopped", async () => {
    goes();
    const execution = { executionArn: "arn:x", stateMachineArn: MACHINE, name: "x-1", status: "RUNNING" as const };
    const started = { ...execution, startDate: new Date(0) };
    machine.on(ListExecutionsCommand).resolves({ executions: [started] });
    machine.on(DescribeExecutionCommand).resolves({ ...started, input: JSON.stringify({ run: "smoke-1" }) });
    await expect(call("--yes")).rejects.toThrow(
      "run smoke-1: it is under way and writes; wait for it, or aws stepfunctions stop-execution --execution-arn arn:x",
    );
    expect(await empty(...ALL)).toEqual([false, false, false, false]);
  });

  test("a stage that is not here has none", async () => {
    account = mockAccount(STAGE);
    account.stacks.on(DescribeStacksCommand).callsFake(({ StackName }) => Promise.reject(stackMissing(StackName)));
    await expect(call("--yes")).rejects.toMatchObject({ code: "not-deployed", exitCode: 64 });
  });
});
