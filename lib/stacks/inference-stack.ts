import { CfnOutput, Duration, Size, Stack, type StackProps } from "aws-cdk-lib";
import { type CfnStage, HttpApi, HttpNoneAuthorizer } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Architecture, DockerImageCode, DockerImageFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { apiEnvironment } from "./environment.ts";
import { image } from "./image.ts";
import { API_ACCESS, type Buckets, grantAccess } from "./room-access.ts";
import { logGroup } from "./small-function.ts";
import type { Stage } from "./stage.ts";

/** API Gateway gives up after 30 s. */
const TIMEOUT = Duration.seconds(29);

/** What is written of each call; nothing of a film. */
const ACCESS_LOG = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTime",
  route: "$context.routeKey",
  status: "$context.status",
  milliseconds: "$context.responseLatency",
});

/** The API over the model in production. */
export class InferenceStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, buckets, ...props }: StackProps & { readonly stage: Stage; readonly buckets: Buckets },
  ) {
    super(scope, id, props);
    const { directory, ...asset } = image("functions/api");
    const api = new DockerImageFunction(this, "Api", {
      description: `Hilum ${stage.name}: predictions and heat maps`,
      code: DockerImageCode.fromImageAsset(directory, asset),
      architecture: Architecture.X86_64,
      memorySize: stage.api.memoryMiB,
      timeout: TIMEOUT,
      ephemeralStorageSize: Size.gibibytes(2),
      environment: apiEnvironment(buckets),
      logGroup: logGroup(this, "ApiLog"),
    });
    grantAccess(api, buckets, API_ACCESS);
    const http = new HttpApi(this, "Http", {
      description: `Hilum ${stage.name}: not for clinical use`,
      defaultIntegration: new HttpLambdaIntegration("Integration", api),
      defaultAuthorizer: stage.api.access === "iam" ? new HttpIamAuthorizer() : new HttpNoneAuthorizer(),
    });
    const defaultStage = http.defaultStage?.node.defaultChild as CfnStage;
    const { requestsPerSecond } = stage.api;
    defaultStage.defaultRouteSettings = {
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: 2 * requestsPerSecond,
    };
    defaultStage.accessLogSettings = { destinationArn: logGroup(this, "AccessLog").logGroupArn, format: ACCESS_LOG };
    new CfnOutput(this, "Url", { value: http.apiEndpoint });
  }
}
