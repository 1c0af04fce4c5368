import { Stack } from "aws-cdk-lib";
import { CfnTrail } from "aws-cdk-lib/aws-cloudtrail";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { BucketName } from "../workflow/access.ts";
import type { Buckets } from "./room-access.ts";

/** Where films lie: as they came, prepared, and sent ahead. */
const WITH_FILMS: readonly BucketName[] = ["incoming", "datasets", "uploads"];

const PREFIX = "trail";

const trailName = (stage: string): string => `hilum-${stage}`;

export const trailArn = (scope: Construct, stage: string): string =>
  Stack.of(scope).formatArn({ service: "cloudtrail", resource: "trail", resourceName: trailName(stage) });

/** Who read, wrote or removed which object that is or was made of films; as files beside the access logs. */
export function filmTrail(
  scope: Construct,
  { stage, buckets, logs }: { readonly stage: string; readonly buckets: Buckets; readonly logs: Bucket },
): CfnTrail {
  const byTrail = (action: string, resource: string, conditions: object) =>
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudtrail.amazonaws.com")],
      actions: [action],
      resources: [resource],
      conditions: { StringEquals: { "aws:SourceArn": trailArn(scope, stage), ...conditions } },
    });
  const { account } = Stack.of(scope);
  logs.addToResourcePolicy(byTrail("s3:GetBucketAcl", logs.bucketArn, {}));
  logs.addToResourcePolicy(
    byTrail("s3:PutObject", logs.arnForObjects(`${PREFIX}/AWSLogs/${account}/*`), {
      "s3:x-amz-acl": "bucket-owner-full-control",
    }),
  );
  const trail = new CfnTrail(scope, "Trail", {
    trailName: trailName(stage),
    isLogging: true,
    s3BucketName: logs.bucketName,
    s3KeyPrefix: PREFIX,
    kmsKeyId: buckets.key.keyArn,
    enableLogFileValidation: true,
    isMultiRegionTrail: false,
    includeGlobalServiceEvents: false,
    advancedEventSelectors: [
      {
        name: "Films",
        fieldSelectors: [
          { field: "eventCategory", equalTo: ["Data"] },
          { field: "resources.type", equalTo: ["AWS::S3::Object"] },
          { field: "resources.ARN", startsWith: WITH_FILMS.map((place) => buckets[place].arnForObjects("")) },
        ],
      },
    ],
  });
  trail.node.addDependency(logs.policy!);
  return trail;
}
