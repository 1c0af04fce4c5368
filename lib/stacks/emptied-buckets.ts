import { Aws, CustomResource } from "aws-cdk-lib";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { withBundles } from "./bundle.ts";
import type { LogKeeping } from "./logs.ts";
import { smallFunction } from "./small-function.ts";

/** Lets somebody take everything out of a bucket, and see no more of it than names. */
export function grantEmptying(grantee: IGrantable, bucket: IBucket): void {
  Grant.addToPrincipal({
    grantee,
    actions: ["s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
    resourceArns: [bucket.bucketArn],
  });
  Grant.addToPrincipal({
    grantee,
    actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"],
    resourceArns: [bucket.arnForObjects("*")],
  });
}

/**
 * Buckets of a stack that go with it, made empty by a function before CloudFormation deletes them. What may only be
 * deleted before they are emptied, such as the right to write access logs into one of them, has to depend on the answer.
 * @param name of the function's log group, which no two stacks of a stage may share
 */
export function emptiedBuckets(
  scope: Construct,
  { stage, key, name, buckets }: LogKeeping & { readonly name: string; readonly buckets: readonly IBucket[] },
): CustomResource {
  const emptier = withBundles(["empty-buckets"], (code) =>
    smallFunction(scope, "EmptyBuckets", {
      stage,
      key,
      name,
      does: "empties buckets that go with their stack",
      code: code("empty-buckets"),
      memoryMiB: 512,
      timeoutSeconds: 900,
      environment: {},
    }),
  );
  for (const bucket of buckets) grantEmptying(emptier, bucket);
  Grant.addToPrincipal({ grantee: emptier, actions: ["cloudformation:DescribeStacks"], resourceArns: [Aws.STACK_ID] });
  return new CustomResource(scope, "BucketsEmptied", {
    serviceToken: emptier.functionArn,
    properties: { stage: stage.name, buckets: buckets.map(({ bucketName }) => bucketName) },
  });
}
