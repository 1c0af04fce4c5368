import { App, DefaultStackSynthesizer, type Environment, type IStackSynthesizer } from "aws-cdk-lib";
import { type StackPart, stackName } from "../contracts/deployment.ts";
import { recordOf } from "../domain/record-of.ts";
import { followAccount } from "./account.ts";
import { DataStack } from "./data-stack.ts";
import type { ApiDocument } from "./gateway-document.ts";
import { InferenceStack } from "./inference-stack.ts";
import { MonitoringStack } from "./monitoring-stack.ts";
import type { Stage } from "./stage.ts";
import { TrainingStack } from "./training-stack.ts";

export interface AppProps {
  readonly stages: readonly Stage[];
  readonly env: Environment;
  /** The service's own OpenAPI 3.0 document, which API Gateway imports. */
  readonly document: ApiDocument;
  /** A run's page without the run, which executions leave filled beside their reports. */
  readonly runPage: string;
  readonly outdir?: string | undefined;
}

/** Behaviour of the library that it keeps off for those who have deployed with an older one. */
const FEATURES = [
  "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy",
  "@aws-cdk/aws-s3:createDefaultLoggingPolicy",
  "@aws-cdk/aws-iam:minimizePolicies",
  "@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy",
  "@aws-cdk/aws-kms:reduceCrossAccountRegionPolicyScope",
  // What a service would refuse ends synthesis, instead of the deployment.
  "@aws-cdk/core:validateAgainstDefaultRules",
];

/** Four stacks a stage; `cdk deploy 'hilum-dev-*'` chooses one. */
export function createCdkApp({ stages, env, document, runPage, outdir }: AppProps): App {
  const app = new App({
    ...(outdir !== undefined && { outdir }),
    analyticsReporting: false,
    context: recordOf(FEATURES, () => true),
  });
  for (const stage of stages) {
    const named = (part: StackPart) => stackName(stage.name, part);
    const { qualifier } = stage.account;
    const base = () => ({ env, stage, synthesizer: new DefaultStackSynthesizer({ qualifier }) as IStackSynthesizer });
    const data = new DataStack(app, named("data"), base());
    const { buckets, accessLogs } = data;
    const training = new TrainingStack(app, named("training"), { ...base(), buckets, runPage });
    const inference = new InferenceStack(app, named("inference"), { ...base(), buckets, accessLogs, document });
    const monitoring = new MonitoringStack(app, named("monitoring"), {
      ...base(),
      key: buckets.key,
      undelivered: training.undelivered,
      stateMachine: training.stateMachine,
      rest: inference.rest,
      api: inference.api,
    });
    for (const stack of [data, training, inference, monitoring]) followAccount(stack, stage);
  }
  return app;
}
