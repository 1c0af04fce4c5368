import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { CloudFormationClient, DescribeStacksCommand, type StackStatus } from "@aws-sdk/client-cloudformation";
import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { handler } from "../../../functions/empty-buckets/handler.ts";
import { bucketContents, isNothing } from "../../../lib/store/bucket-contents.ts";
import { s3Client } from "../../../lib/store/s3.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";

const STACK = "arn:aws:cloudformation:us-east-1:111122223333:stack/hilum-dev-data/1";

describe.skipIf(noServer)("buckets that go with their stack", () => {
  let server: S3Server;
  let client: S3Client;
  let cloudFormation: Server;
  let answer: Record<string, unknown>;
  const stacks = mockClient(CloudFormationClient);

  beforeAll(async () => {
    server = await startS3Server({ versions: true });
    stubEnvironment(server.environment);
    client = s3Client();
    cloudFormation = createServer(async (request, response) => {
      answer = (await json(request)) as Record<string, unknown>;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(cloudFormation, "listening");
  });
  afterAll(async () => {
    client.destroy();
    stacks.restore();
    cloudFormation.close();
    vi.unstubAllEnvs();
    await server.stop();
  });

  const filled = async (Bucket: string) => {
    await server.bucket(Bucket);
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    for (const Key of ["a", "a", "b"]) await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "b" }));
    return Bucket;
  };
  const isEmpty = async (bucket: string) => isNothing(await bucketContents(client, bucket));
  const ask = async (
    RequestType: string,
    StackStatus: StackStatus,
    ResourceProperties: object,
    milliseconds = 900_000,
  ) => {
    stacks
      .on(DescribeStacksCommand, { StackName: STACK })
      .resolves({ Stacks: [{ StackName: "hilum-dev-data", CreationTime: new Date(0), StackStatus }] });
    const { port } = cloudFormation.address() as AddressInfo;
    const event = {
      ...{ RequestType, StackId: STACK, RequestId: "1", LogicalResourceId: "BucketsEmptied", ResourceProperties },
      ResponseURL: `http://127.0.0.1:${port}/`,
    };
    await handler(event, { getRemainingTimeInMillis: () => milliseconds });
    return answer;
  };

  test.each(["DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"] as const)("%s: are emptied, all of them", async (status) => {
    const start = status.toLowerCase().slice(0, 3);
    const buckets = [await filled(`${start}-runs`), await filled(`${start}-logs`)];
    expect(await ask("Delete", status, { stage: "dev", buckets })).toMatchObject({
      ...{ Status: "SUCCESS", PhysicalResourceId: "BucketsEmptied", StackId: STACK, RequestId: "1" },
    });
    expect(await Promise.all(buckets.map(isEmpty))).toEqual([true, true]);
  });

  // CloudFormation asks for the same when a newer template has no such resource any more, with the stack staying.
  test.each([
    ["Create", "CREATE_IN_PROGRESS"],
    ["Update", "UPDATE_IN_PROGRESS"],
    ["Delete", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"],
    ["Delete", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"],
  ] as const)("%s with the stack %s leaves them alone", async (type, status) => {
    const bucket = await filled(`kept-${type}-${status.length}`.toLowerCase());
    expect(await ask(type, status, { stage: "dev", buckets: [bucket] })).toMatchObject({ Status: "SUCCESS" });
    expect(await isEmpty(bucket)).toBe(false);
  });

  test("too many for one call: CloudFormation hears of it in time, with the command that does it", async () => {
    const bucket = await filled("many");
    expect(await ask("Delete", "DELETE_IN_PROGRESS", { stage: "dev", buckets: [bucket] }, 15_000)).toMatchObject({
      Status: "FAILED",
      Reason: expect.stringMatching(
        /^s3:\/\/many: out of time.* bin\/hilum empty --stage dev, then cdk destroy again$/,
      ),
    });
  });
});
