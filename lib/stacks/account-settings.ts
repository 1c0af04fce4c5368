import * as z from "zod";
import { BOOTSTRAP_QUALIFIER } from "../contracts/deployment.ts";

/** What AWS takes as a tag's name, without its own and ours. */
const TagName = z
  .string()
  .regex(/^(?!aws:|hilum:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu, "expected a tag's name, without aws: or hilum: before it");

/** What the account's owners ask of everything in it. */
export const AccountSettings = z
  .strictObject({
    qualifier: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,10}$/, "expected up to 10 letters, digits, dashes and underscores")
      .default(BOOTSTRAP_QUALIFIER)
      .describe("qualifier that the account's CDK bootstrap was made with"),
    tags: z
      .record(TagName, z.string().max(256))
      .default({})
      .describe("tags of everything that can have any, besides hilum:stage, such as a cost centre"),
    permissionsBoundary: z
      .string()
      .regex(
        /^(arn:[a-z-]+:iam::(\d{12}|aws):policy\/)?[\w+=,.@/-]{1,512}$/,
        "expected the name or the ARN of a managed policy",
      )
      .nullable()
      .default(null)
      .describe(
        "managed policy that bounds every role, as accounts ask for that let people make roles; null sets none",
      ),
  })
  .prefault({});
