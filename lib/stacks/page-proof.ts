import { Fn, RemovalPolicy } from "aws-cdk-lib";
import { Function as EdgeFunction, FunctionCode, FunctionRuntime } from "aws-cdk-lib/aws-cloudfront";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { LogKeeping } from "./logs.ts";

/**
 * How the firewall knows whose a call is that came through CloudFront, whose own addresses it sees otherwise
 * (docs/adr/0019): a header with the reader's address, which CloudFront writes over whatever a reader sends, and another
 * with a secret, without which the first counts for nothing.
 */
export interface PageProof {
  readonly header: string;
  readonly secret: string;
  readonly addressHeader: string;
}

const ADDRESS_HEADER = "x-hilum-reader";

export function pageProof(scope: Construct, { stage, key }: LogKeeping): PageProof {
  const secret = new CfnSecret(scope, "PageProof", {
    description: `Hilum ${stage.name}: what CloudFront shows the firewall`,
    generateSecretString: { passwordLength: 48, excludePunctuation: true },
    kmsKeyId: key.keyArn,
  });
  secret.applyRemovalPolicy(RemovalPolicy.DESTROY);
  return {
    header: "x-hilum-page",
    // Resolved by CloudFormation, so that no template holds it.
    secret: Fn.join("", ["{{resolve:secretsmanager:", secret.ref, ":SecretString}}"]),
    addressHeader: ADDRESS_HEADER,
  };
}

/** Runs at CloudFront's edges before a call goes on to the API. */
export const readerAddress = (scope: Construct): EdgeFunction =>
  new EdgeFunction(scope, "ReaderAddress", {
    comment: "Hilum: the reader's address, for the firewall",
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(`function handler(event) {
  event.request.headers["${ADDRESS_HEADER}"] = { value: event.viewer.ip };
  return event.request;
}`),
  });
