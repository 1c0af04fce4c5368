import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import {
  type Access,
  type BucketName,
  bucketOf,
  FEEDBACK_FOLDER,
  type Place,
  type Right,
  STEP_ACCESS,
} from "../workflow/access.ts";
import { JOB_STEPS } from "../workflow/jobs.ts";

export type Buckets = Readonly<Record<BucketName, IBucket>> & { readonly key: IKey };

/** Those that Batch jobs reach. */
export function jobBuckets(buckets: Buckets): IBucket[] {
  const places = JOB_STEPS.flatMap((step) => Object.keys(STEP_ACCESS[step]) as Place[]);
  return [...new Set(places.map(bucketOf))].sort().map((name) => buckets[name]);
}

interface Actions {
  readonly objects: readonly string[];
  readonly bucket: readonly string[];
  readonly key: readonly string[];
}

/** Without s3:ListBucket a missing object is "forbidden", not "not found". */
const RIGHTS: Readonly<Record<Right, Actions>> = {
  read: { objects: ["s3:GetObject"], bucket: ["s3:ListBucket"], key: ["kms:Decrypt"] },
  // A part of a multipart upload is encrypted with the key of the upload, which has to be decrypted first.
  write: {
    objects: ["s3:PutObject", "s3:AbortMultipartUpload"],
    bucket: [],
    key: ["kms:GenerateDataKey", "kms:Decrypt"],
  },
  delete: { objects: ["s3:DeleteObject"], bucket: [], key: [] },
};

const actionsOn = (what: "objects" | "bucket"): string[] => [
  ...new Set(Object.values(RIGHTS).flatMap((actions) => actions[what])),
];
/** All that any right comes to. */
export const OBJECT_ACTIONS: readonly string[] = actionsOn("objects");
export const BUCKET_ACTIONS: readonly string[] = actionsOn("bucket");

/** Keys, with `*` for any text, that may be written and deleted of a place; all of it where none are named. */
export type OwnKeys = Readonly<Partial<Record<Place, readonly string[]>>>;

/** Gives exactly these rights. */
export function grantAccess(grantee: IGrantable, buckets: Buckets, access: Access, own: OwnKeys = {}): void {
  const keyActions = new Set<string>();
  for (const [place, rights] of Object.entries(access) as [Place, readonly Right[]][]) {
    const bucket = buckets[bucketOf(place)];
    const prefix = place === "feedback" ? `${FEEDBACK_FOLDER}/` : "";
    const all = [`${prefix}*`];
    const whole = rights.flatMap((right) => RIGHTS[right].bucket);
    for (const action of rights.flatMap((right) => RIGHTS[right].key)) keyActions.add(action);
    for (const [allowed, keys] of [
      [rights.filter((right) => right === "read"), all],
      [rights.filter((right) => right !== "read"), own[place] ?? all],
    ] as const) {
      const actions = allowed.flatMap((right) => RIGHTS[right].objects);
      if (actions.length === 0) continue;
      Grant.addToPrincipal({ grantee, actions, resourceArns: keys.map((key) => bucket.arnForObjects(key)) });
    }
    if (whole.length > 0) {
      Grant.addToPrincipal({
        grantee,
        actions: whole,
        resourceArns: [bucket.bucketArn],
        ...(prefix !== "" && { conditions: { StringLike: { "s3:prefix": `${prefix}*` } } }),
      });
    }
  }
  Grant.addToPrincipal({ grantee, actions: [...keyActions].sort(), resourceArns: [buckets.key.keyArn] });
}
