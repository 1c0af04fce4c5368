import { Fn, Stack } from "aws-cdk-lib";
import {
  ApiDefinition,
  ApiKey,
  EndpointType,
  type IRestApi,
  LogGroupLogDestination,
  MethodLoggingLevel,
  Period,
  SpecRestApi,
} from "aws-cdk-lib/aws-apigateway";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Alias } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { accessLog } from "./access-log.ts";
import { type ApiDocument, gatewayDocument } from "./gateway-document.ts";
import { type LogKeeping, logGroup } from "./logs.ts";
import { doorPolicy, privateDoors } from "./private-door.ts";

export interface RestApiProps extends LogKeeping {
  readonly document: ApiDocument;
  readonly live: Alias;
  readonly userPoolArn: string | undefined;
}

/** The name of API Gateway's own stage: the first part of the paths under its address. */
export const GATEWAY_STAGE = "api";

/** A burst may be twice the steady rate. */
const BURST = 2;

/** The API over its function, imported from the service's own document. */
export function restApi(scope: Construct, { stage, key, document, live, userPoolArn }: RestApiProps): SpecRestApi {
  const { partition, region } = Stack.of(scope);
  const { api } = stage;
  const throttle = {
    rateLimit: api.requestsPerSecond,
    burstLimit: Math.max(1, Math.ceil(BURST * api.requestsPerSecond)),
  };
  const invocationUri = Fn.join("", [
    `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/`,
    live.functionArn,
    "/invocations",
  ]);
  const doors = privateDoors(scope, api);
  const type = doors === undefined ? EndpointType.REGIONAL : EndpointType.PRIVATE;
  const made = new SpecRestApi(scope, "Rest", {
    restApiName: `hilum-${stage.name}`,
    description: `Hilum ${stage.name}: not for clinical use`,
    apiDefinition: ApiDefinition.fromInline(gatewayDocument(document, { api, invocationUri, userPoolArn })),
    // A warning leaves something out, such as the authorizer of every route.
    failOnWarnings: true,
    endpointConfiguration: { types: [type], ...(doors !== undefined && { vpcEndpoints: [...doors] }) },
    // The import itself makes an edge-optimised API unless it is told, too.
    parameters: { endpointConfigurationTypes: type },
    ...(doors !== undefined && { policy: doorPolicy(doors, userPoolArn === undefined) }),
    cloudWatchRole: api.accountLogRole,
    deployOptions: {
      stageName: GATEWAY_STAGE,
      accessLogDestination: new LogGroupLogDestination(logGroup(scope, "AccessLog", { stage, key, writer: "access" })),
      accessLogFormat: accessLog(api),
      loggingLevel: MethodLoggingLevel.ERROR,
      // Would write bodies: films.
      dataTraceEnabled: false,
      metricsEnabled: true,
      tracingEnabled: true,
      throttlingRateLimit: throttle.rateLimit,
      throttlingBurstLimit: throttle.burstLimit,
    },
  });
  live.addPermission("Rest", {
    principal: new ServicePrincipal("apigateway.amazonaws.com"),
    sourceArn: made.arnForExecuteApi("*", "/*", GATEWAY_STAGE),
  });
  usagePlan(scope, made, { stage, throttle });
  return made;
}

function usagePlan(
  scope: Construct,
  made: SpecRestApi,
  {
    stage: { name, api },
    throttle,
  }: Pick<LogKeeping, "stage"> & { throttle: { rateLimit: number; burstLimit: number } },
): void {
  const plan = made.addUsagePlan("Plan", {
    name: `hilum-${name}`,
    description: "What a client may call in a day",
    throttle,
    quota: { limit: api.requestsPerDay, period: Period.DAY },
    apiStages: [{ api: made as IRestApi, stage: made.deploymentStage }],
  });
  for (const client of api.clients) {
    plan.addApiKey(
      new ApiKey(scope, `Key-${client}`, {
        description: `Hilum ${name}: ${client}`,
        apiKeyName: `hilum-${name}-${client}`,
      }),
    );
  }
}
