import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { Architecture, type Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { FunctionDefinition } from "../workflow/functions.ts";

/** Everything that is written on the way, in one place. */
export const logGroup = (scope: Construct, id: string): LogGroup =>
  new LogGroup(scope, id, { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });

export interface SmallFunctionProps extends FunctionDefinition {
  readonly code: Code;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A function of one bundled file. */
export function smallFunction(scope: Construct, id: string, props: SmallFunctionProps): LambdaFunction {
  return new LambdaFunction(scope, id, {
    description: props.description,
    code: props.code,
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memoryMiB,
    timeout: Duration.seconds(props.timeoutSeconds),
    ephemeralStorageSize: Size.gibibytes(2),
    environment: { ...props.environment },
    logGroup: logGroup(scope, `${id}Log`),
  });
}
