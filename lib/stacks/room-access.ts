import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Room } from "../contracts/layout.ts";
import type { FunctionStep } from "../workflow/functions.ts";
import type { JobStep } from "../workflow/jobs.ts";

/** The buckets: one a room, and the one in which films and labels arrive. */
export type BucketName = Room | "incoming";

export type Buckets = Readonly<Record<BucketName, Bucket>> & { readonly key: Key };

type Right = "read" | "write" | "delete";

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

export type Access = Readonly<Partial<Record<BucketName, readonly Right[]>>>;

/** Every step writes its record and its failure into `runs`, and deletes a failure that is past. */
const records = { runs: ["read", "write", "delete"] } as const satisfies Access;

/** What each step may do, and nothing else. */
export const STEP_ACCESS: Readonly<Record<FunctionStep | JobStep, Access>> = {
  validate: { ...records, incoming: ["read"], datasets: ["read", "write"], models: ["read"] },
  plan: { ...records, datasets: ["read", "write"] },
  prepare: { ...records, incoming: ["read"], datasets: ["read", "write"] },
  merge: { ...records, datasets: ["read"] },
  upsample: records,
  train: { ...records, datasets: ["read"], models: ["read"] },
  evaluate: { ...records, datasets: ["read"], models: ["read", "write"] },
  gate: { ...records, models: ["read", "write"] },
  promote: { ...records, models: ["read", "write"] },
  notify: records,
};

export const ON_DATA_ACCESS: Access = { incoming: ["read"], runs: ["read", "write"] };

export const API_ACCESS: Access = { models: ["read"] };

/** Gives exactly these rights. */
export function grantAccess(grantee: IGrantable, buckets: Buckets, access: Access): void {
  const keyActions = new Set<string>();
  for (const [name, rights] of Object.entries(access) as [BucketName, readonly Right[]][]) {
    const bucket = buckets[name];
    const objects = rights.flatMap((right) => RIGHTS[right].objects);
    const whole = rights.flatMap((right) => RIGHTS[right].bucket);
    for (const action of rights.flatMap((right) => RIGHTS[right].key)) keyActions.add(action);
    Grant.addToPrincipal({ grantee, actions: objects, resourceArns: [bucket.arnForObjects("*")] });
    if (whole.length > 0) Grant.addToPrincipal({ grantee, actions: whole, resourceArns: [bucket.bucketArn] });
  }
  Grant.addToPrincipal({ grantee, actions: [...keyActions].sort(), resourceArns: [buckets.key.keyArn] });
}
