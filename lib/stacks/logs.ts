import { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { logGroupName } from "../contracts/deployment.ts";
import type { Stage } from "./stage.ts";

/** What everything that writes logs needs to know. */
export interface LogKeeping {
  readonly stage: Stage;
  readonly key: IKey;
}

/**
 * The log group of a writer, encrypted and kept for as long as the stage says, also when the stack goes where the stage
 * keeps its data; nothing about a patient stands in it.
 */
export const logGroup = (
  scope: Construct,
  id: string,
  { stage, key, writer, name = logGroupName(stage.name, writer) }: LogKeeping & { writer: string; name?: string },
): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName: name,
    retention: stage.logDays,
    encryptionKey: key,
    removalPolicy: stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
