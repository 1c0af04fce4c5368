import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { recordOf } from "../domain/record-of.ts";
import { BUCKET_NAMES, type BucketName } from "../workflow/access.ts";
import { emptiedBuckets } from "./emptied-buckets.ts";
import { stageKey } from "./key.ts";
import { output } from "./output.ts";
import type { Buckets } from "./room-access.ts";
import type { Stage } from "./stage.ts";
import { filmTrail } from "./trail.ts";

/** Age after which S3 removes an upload that nobody took away, at the midnight (UTC) that follows: within two days. */
const UPLOAD_DAYS = Duration.days(1);

const MULTIPART_DAYS = Duration.days(7);

/** Access logs answer who read what; a year of them covers an audit. */
const ACCESS_LOG_DAYS = Duration.days(365);

interface Kept {
  readonly lifecycle: (stage: Stage) => LifecycleRule;
  readonly props?: Partial<BucketProps>;
}

const keptVersions = ({ data }: Stage): LifecycleRule => ({
  noncurrentVersionExpiration: Duration.days(data.oldVersionDays),
});

/** Runs and their shards are read while they are young; reports stay at hand in a class that answers at once. */
const cooling = (stage: Stage): LifecycleRule => ({
  ...keptVersions(stage),
  transitions: [
    { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(stage.data.coldAfterDays) },
  ],
});

/** What tells the buckets apart. */
const BUCKETS: Readonly<Record<BucketName, Kept>> = {
  incoming: { lifecycle: keptVersions },
  datasets: { lifecycle: keptVersions },
  runs: { lifecycle: cooling },
  models: { lifecycle: keptVersions },
  uploads: {
    lifecycle: () => ({ expiration: UPLOAD_DAYS }),
    props: {
      // A version that stays behind would be a film that was promised to be gone.
      versioned: false,
      removalPolicy: RemovalPolicy.DESTROY,
      // The form that is posted carries its own signature and limits; a page's origin is not known before it is deployed.
      cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: ["https://*"], allowedHeaders: ["content-type"] }],
    },
  },
};

/** Everything that is kept: the films that arrive or are uploaded, and the three rooms, under one key. */
export class DataStack extends Stack {
  readonly buckets: Buckets;
  readonly accessLogs: IBucket;

  constructor(scope: Construct, id: string, { stage, ...props }: StackProps & { readonly stage: Stage }) {
    super(scope, id, { ...props, terminationProtection: stage.keepData });
    const removalPolicy = stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const key = stageKey(this, "Key", stage);
    const closed = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
    } as const satisfies Partial<BucketProps>;
    const accessLogs = new Bucket(this, "accessLogs", {
      ...closed,
      // S3 writes its logs under its own key only.
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      lifecycleRules: [
        {
          expiration: ACCESS_LOG_DAYS,
          noncurrentVersionExpiration: Duration.days(stage.data.oldVersionDays),
          abortIncompleteMultipartUploadAfter: MULTIPART_DAYS,
        },
      ],
    });
    this.accessLogs = accessLogs as IBucket;
    const bucket = (place: BucketName): IBucket => {
      const bucketArn = stage.data.buckets[place];
      if (bucketArn !== undefined) return Bucket.fromBucketAttributes(this, place, { bucketArn, encryptionKey: key });
      const { lifecycle, props: own } = BUCKETS[place];
      return new Bucket(this, place, {
        ...closed,
        encryption: BucketEncryption.KMS,
        encryptionKey: key,
        bucketKeyEnabled: true,
        versioned: true,
        serverAccessLogsBucket: this.accessLogs,
        serverAccessLogsPrefix: `${place}/`,
        lifecycleRules: [{ abortIncompleteMultipartUploadAfter: MULTIPART_DAYS, ...lifecycle(stage) }],
        ...own,
      }) as IBucket;
    };
    const buckets = recordOf(BUCKET_NAMES, bucket);
    // Set on the resource itself: the construct's own switch deploys a function only to turn this on.
    const incoming = buckets.incoming.node.defaultChild as CfnBucket | undefined;
    if (incoming) incoming.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    this.buckets = { ...buckets, key };
    if (stage.audit === "own") filmTrail(this, { stage: stage.name, buckets: this.buckets, logs: accessLogs });
    // Those that were there before stay, and stay full.
    const madeHere = BUCKET_NAMES.filter((place) => stage.data.buckets[place] === undefined);
    const goes = (place: BucketName) => !stage.keepData || place === "uploads";
    const going = madeHere.filter(goes).map((place) => buckets[place]);
    const emptied = emptiedBuckets(this, {
      stage,
      key,
      name: "empty-buckets",
      buckets: stage.keepData ? going : [...going, this.accessLogs],
    });
    // Access logs are still delivered hours later: the right to write them goes first.
    accessLogs.policy?.node.addDependency(emptied);
    output(this, "data", {
      IncomingBucket: buckets.incoming.bucketName,
      DatasetsBucket: buckets.datasets.bucketName,
      RunsBucket: buckets.runs.bucketName,
      ModelsBucket: buckets.models.bucketName,
      UploadsBucket: buckets.uploads.bucketName,
      Key: key.keyArn,
    });
  }
}
