import * as z from "zod";
import { REFUSALS } from "../contracts/api.ts";
import { NEW_ACCOUNT } from "../contracts/deployment.ts";
import { FEEDBACK_PER_DAY } from "../contracts/feedback.ts";
import { LoginSettings } from "./login-settings.ts";
import { each, MOST } from "./setting-kinds.ts";

/** What S3 takes in one POST. */
const LARGEST_POST = 5 * 1024 ** 3;

const Origin = z.string().regex(/^https:\/\/[a-z0-9.-]+(:\d+)?$/, "expected an origin, like https://pacs.example.org");

const id = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`), `expected an id like ${kind}-0a1b2c3d`);

/** How a private API is reached: through endpoints that there are, or through one that is made in a network. */
const PrivateDoor = z.union([
  z.strictObject({ endpointIds: each(id("vpce")).min(1) }),
  z.strictObject({ vpcId: id("vpc"), subnetIds: each(id("subnet")).min(1), addresses: each(z.cidrv4()).min(1) }),
]);

/** The API of a stage, and the page before it. */
export const ApiSettings = z
  .strictObject({
    access: z
      .enum(["iam", "cognito"])
      .default("iam")
      .describe("who may call: signed requests, or people who log in; with log-in there is the page"),
    login: LoginSettings.prefault({}),
    private: PrivateDoor.nullable()
      .default(null)
      .describe(
        "reached from inside networks alone: `{ endpointIds }` of execute-api that there are, or `{ vpcId, subnetIds, addresses }` to make one that lets these address ranges in; null is reached by its name in this region",
      ),
    accountLogRole: z
      .boolean()
      .default(true)
      .describe(
        "sets API Gateway's role for logs, one for all APIs of the account in this region; false where there is one already",
      ),
    memoryMiB: z
      .int()
      .min(1769)
      .max(10_240)
      .default(NEW_ACCOUNT.memoryMiB)
      .describe("memory of the function; 1,769 MiB give one core, and a new account allows 3,008"),
    concurrency: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "calls answered at a time at most; null leaves the account's own limit, which must be 100 more than this",
      ),
    provisioned: z
      .int()
      .min(0)
      .default(0)
      .describe("environments kept warm; each costs while nobody calls, and the account's limit must be 100 more"),
    requestsPerSecond: z.number().min(0.1).default(10).describe("calls a second, over all callers"),
    requestsPerDay: z.int().min(1).max(MOST).default(10_000).describe("calls a day of a client with a key"),
    clients: each(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "expected lower case letters, digits and dashes"))
      .default([])
      .describe("clients with an API key of their own under the usage plan; where there are any, every call needs one"),
    corsOrigins: each(Origin).default([]).describe("origins whose pages may call besides our own"),
    domain: z
      .strictObject({
        name: z.hostname().describe("name of the page, such as films.example.org"),
        certificateArn: z.string().regex(/^arn:[a-z-]+:acm:us-east-1:/, "expected a certificate of us-east-1"),
      })
      .nullable()
      .default(null)
      .describe("a name of your own for the page, with its certificate; null takes CloudFront's"),
    pageLog: z
      .boolean()
      .default(true)
      .describe(
        "CloudFront's log of the page's calls, with readers' addresses; false in regions whose buckets CloudFront does not write to",
      ),
    filmBytes: z
      .int()
      .min(100_000)
      .max(4_500_000)
      .default(4_500_000)
      .describe("largest film in a call; larger ones go through an upload"),
    uploadBytes: z.int().min(100_000).max(LARGEST_POST).default(100_000_000).describe("largest film in an upload"),
    refuse: z
      .enum(REFUSALS)
      .nullable()
      .default(null)
      .describe(
        "films that are refused: out-of-distribution are those unlike the training films, else answered without a decision; null refuses none",
      ),
    feedbackPerDay: z
      .int()
      .min(1)
      .max(MOST)
      .default(FEEDBACK_PER_DAY)
      .describe("feedback of a reader that is kept in a day"),
    modelCheckSeconds: z.int().min(5).default(60).describe("seconds between looks for a newly promoted model"),
    firewall: z.boolean().default(true).describe("a web firewall before the API: common rules and a rate limit"),
    requestsPerAddress: z
      .int()
      .min(10)
      .max(2_000_000_000)
      .default(1000)
      .describe("calls of one address within five minutes, before the firewall blocks it"),
  })
  .refine((api) => api.access === "iam" || api.clients.length === 0, {
    path: ["clients"],
    message: "with log-in the page has no key to send; expected access iam, or no clients",
  })
  .refine((api) => api.access === "cognito" || api.domain === null, {
    path: ["domain"],
    message: "a name is for the page, which comes with log-in; expected access cognito, or null",
  })
  .refine((api) => api.access === "cognito" || api.login.providers.length === 0, {
    path: ["login", "providers"],
    message: "they are for the log-in; expected access cognito, or none",
  })
  .refine((api) => api.access === "iam" || api.private === null, {
    path: ["private"],
    message: "the page's CloudFront reaches no private API; expected access iam, or null",
  })
  .refine((api) => api.concurrency === null || api.provisioned <= api.concurrency, {
    path: ["provisioned"],
    message: "expected no more warm environments than calls at a time",
  });
export type ApiSettings = z.infer<typeof ApiSettings>;
