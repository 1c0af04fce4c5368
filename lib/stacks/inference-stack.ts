import { Stack, type StackProps } from "aws-cdk-lib";
import type { SpecRestApi } from "aws-cdk-lib/aws-apigateway";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { type ApiFunction, apiFunction } from "./api-function.ts";
import { firewall } from "./firewall.ts";
import { type ApiDocument, pathsWithBodies } from "./gateway-document.ts";
import { login } from "./login.ts";
import { output } from "./output.ts";
import { page } from "./page.ts";
import { pageProof } from "./page-proof.ts";
import { restApi } from "./rest-api.ts";
import type { Buckets } from "./room-access.ts";
import type { Stage } from "./stage.ts";

export interface InferenceStackProps extends StackProps {
  readonly stage: Stage;
  readonly buckets: Buckets;
  readonly accessLogs: IBucket;
  readonly document: ApiDocument;
}

/** The API over the model in production, and where people log in the page. */
export class InferenceStack extends Stack {
  readonly api: ApiFunction;
  readonly rest: SpecRestApi;

  constructor(scope: Construct, id: string, props: InferenceStackProps) {
    const { stage, buckets, accessLogs, document, ...rest } = props;
    super(scope, id, rest);
    const keeping = { stage, key: buckets.key };
    const people = stage.api.access === "cognito" ? login(this, stage) : undefined;
    this.api = apiFunction(this, stage, buckets, people?.groups);
    const userPoolArn = people?.pool.userPoolArn;
    this.rest = restApi(this, { ...keeping, document, live: this.api.live, userPoolArn });
    const proof = people && stage.api.firewall ? pageProof(this, keeping) : undefined;
    if (stage.api.firewall) {
      firewall(this, {
        ...{ ...keeping, proof, filmPaths: pathsWithBodies(document) },
        before: {
          FirewallAtApi: this.rest.deploymentStage.stageArn,
          // Whoever has logged in, and where from, was judged here.
          ...(people && { FirewallAtLogin: people.pool.userPoolArn }),
        },
      });
    }
    const site = people && page(this, { stage, api: this.rest, login: people, buckets, accessLogs, proof });
    output(this, "inference", {
      ApiUrl: this.rest.url,
      ...(people && { UserPool: people.pool.userPoolId }),
      ...(site && { PageUrl: site.url }),
    });
  }
}
