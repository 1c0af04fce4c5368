import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import * as z from "zod";
import { reportError, TemporaryError } from "../../lib/domain/errors.ts";
import { customResource } from "../../lib/steps/custom-resource.ts";
import { emptyBucket } from "../../lib/store/bucket-contents.ts";
import { s3Client } from "../../lib/store/s3.ts";

/** In the order in which they are emptied: what is logged of the first stands in the last. */
const Properties = z.object({ buckets: z.array(z.string()), stage: z.string() });

/** A stack that goes, or was never finished. Any other state means that this resource alone goes, and the buckets stay. */
const GOING = ["DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"];

/** Time for the answer, in ms. */
const FOR_THE_ANSWER = 15_000;

/** Empties buckets that go with their stack, which CloudFormation deletes only where they are empty. */
export const handler = customResource(
  async (
    { RequestType, StackId, LogicalResourceId, ResourceProperties },
    context: { getRemainingTimeInMillis(): number },
  ) => {
    if (RequestType === "Delete" && GOING.includes(await statusOf(StackId))) {
      const { buckets, stage } = Properties.parse(ResourceProperties);
      const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - FOR_THE_ANSWER);
      for (const bucket of buckets) {
        await emptyBucket(s3Client(), bucket, { signal }).catch((error) => {
          const { code, message } = reportError(error);
          throw new TemporaryError(code, `${message}; bin/hilum empty --stage ${stage}, then cdk destroy again`);
        });
      }
    }
    return LogicalResourceId;
  },
);

async function statusOf(StackName: string): Promise<string> {
  const { Stacks = [] } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  return Stacks[0]?.StackStatus ?? "unknown";
}
