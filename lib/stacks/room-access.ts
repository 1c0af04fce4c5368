import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { type Access, FEEDBACK_FOLDER, type Place, type Right } from "../workflow/access.ts";

/** Every place is a bucket of its own, save readers' labels: a folder of what arrives. */
export type BucketName = Exclude<Place, "feedback">;

export type Buckets = Readonly<Record<BucketName, Bucket>> & { readonly key: Key };

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

/** Gives exactly these rights. */
export function grantAccess(grantee: IGrantable, buckets: Buckets, access: Access): void {
  const keyActions = new Set<string>();
  for (const [place, rights] of Object.entries(access) as [Place, readonly Right[]][]) {
    const bucket = buckets[place === "feedback" ? "incoming" : place];
    const prefix = place === "feedback" ? `${FEEDBACK_FOLDER}/` : "";
    const objects = rights.flatMap((right) => RIGHTS[right].objects);
    const whole = rights.flatMap((right) => RIGHTS[right].bucket);
    for (const action of rights.flatMap((right) => RIGHTS[right].key)) keyActions.add(action);
    Grant.addToPrincipal({ grantee, actions: objects, resourceArns: [bucket.arnForObjects(`${prefix}*`)] });
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
