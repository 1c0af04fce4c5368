import { Duration, Size } from "aws-cdk-lib";
import {
  Alias,
  Architecture,
  DockerImageCode,
  DockerImageFunction,
  type IVersion,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { API_ACCESS } from "../workflow/access.ts";
import { apiEnvironment } from "./environment.ts";
import { GATEWAY_TIMEOUT_MS } from "./gateway-document.ts";
import { image } from "./image.ts";
import type { Login } from "./login.ts";
import { logGroup } from "./logs.ts";
import { type Buckets, grantAccess } from "./room-access.ts";
import type { Stage } from "./stage.ts";

export interface ApiFunction {
  readonly made: DockerImageFunction;
  /** What API Gateway calls: the newest version, with its warm environments where the stage has any. */
  readonly live: Alias;
}

/** The API in its image; it finds the model in production by itself, also when another is promoted. */
export function apiFunction(
  scope: Construct,
  stage: Stage,
  buckets: Buckets,
  groups: Login["groups"] | undefined,
): ApiFunction {
  const { directory, ...asset } = image("functions/api", stage);
  const { memoryMiB, concurrency, provisioned } = stage.api;
  const made = new DockerImageFunction(scope, "Api", {
    description: `Hilum ${stage.name}: predictions and heat maps, not for clinical use`,
    code: DockerImageCode.fromImageAsset(directory, asset),
    // The engine's binding is made for this one.
    architecture: Architecture.X86_64,
    memorySize: memoryMiB,
    timeout: Duration.millis(GATEWAY_TIMEOUT_MS),
    ephemeralStorageSize: Size.gibibytes(2),
    environment: apiEnvironment(buckets, stage, groups),
    environmentEncryption: buckets.key,
    tracing: Tracing.ACTIVE,
    ...(concurrency !== null && { reservedConcurrentExecutions: concurrency }),
    logGroup: logGroup(scope, "ApiLog", { stage, key: buckets.key, writer: "api" }),
  });
  grantAccess(made, buckets, API_ACCESS);
  const live = new Alias(scope, "Live", {
    aliasName: "live",
    version: made.currentVersion as IVersion,
    ...(provisioned > 0 && { provisionedConcurrentExecutions: provisioned }),
  });
  return { made, live };
}
