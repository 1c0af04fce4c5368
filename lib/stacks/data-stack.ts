import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { ROOMS } from "../contracts/layout.ts";
import type { BucketName, Buckets } from "./room-access.ts";
import type { Stage } from "./stage.ts";

const NAMES: readonly BucketName[] = ["incoming", ...ROOMS];

/** Days for which what was overwritten or deleted can be had back. */
const KEEP_OLD_VERSIONS = Duration.days(30);

/** Everything that is kept: the films that arrive, and the three rooms, under one key. */
export class DataStack extends Stack {
  readonly buckets: Buckets;

  constructor(scope: Construct, id: string, { stage, ...props }: StackProps & { readonly stage: Stage }) {
    super(scope, id, props);
    const removalPolicy = stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const key = new Key(this, "Key", {
      description: `Hilum ${stage.name}: films, runs and models`,
      enableKeyRotation: true,
      removalPolicy,
    });
    const bucket = (name: BucketName): Bucket =>
      new Bucket(this, name, {
        encryption: BucketEncryption.KMS,
        encryptionKey: key,
        bucketKeyEnabled: true,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforceSSL: true,
        minimumTLSVersion: 1.2,
        versioned: true,
        removalPolicy,
        lifecycleRules: [
          { abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: KEEP_OLD_VERSIONS },
        ],
      });
    const buckets = Object.fromEntries(NAMES.map((name) => [name, bucket(name)])) as Record<BucketName, Bucket>;
    // Set on the resource itself: the construct's own switch deploys a function only to turn this on.
    (buckets.incoming.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    this.buckets = { ...buckets, key };
  }
}
