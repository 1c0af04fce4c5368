import { Duration, Size } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import { Architecture, type Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { FunctionDefinition } from "../workflow/functions.ts";
import { type LogKeeping, logGroup } from "./logs.ts";

export interface SmallFunctionProps extends FunctionDefinition, LogKeeping {
  /** Its log group, and its part of the description. */
  readonly name: string;
  readonly does: string;
  readonly code: Code;
  readonly environment: Readonly<Record<string, string>>;
  /** Where events go whose handling failed, for functions that events call. */
  readonly deadLetterQueue?: IQueue;
}

/** A function of one bundled file. */
export function smallFunction(scope: Construct, id: string, props: SmallFunctionProps): LambdaFunction {
  const { stage, key, name } = props;
  const made = new LambdaFunction(scope, id, {
    description: `Hilum ${stage.name}: ${props.does}`,
    code: props.code,
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memoryMiB,
    timeout: Duration.seconds(props.timeoutSeconds),
    ephemeralStorageSize: Size.gibibytes(2),
    environment: { ...props.environment },
    environmentEncryption: key,
    tracing: Tracing.ACTIVE,
    ...(props.deadLetterQueue !== undefined && { deadLetterQueue: props.deadLetterQueue }),
    logGroup: logGroup(scope, `${id}Log`, { stage, key, writer: name }),
  });
  // The queue is encrypted, and Lambda sends to it in the function's name.
  if (props.deadLetterQueue !== undefined) {
    Grant.addToPrincipal({
      grantee: made,
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resourceArns: [key.keyArn],
    });
  }
  return made;
}
