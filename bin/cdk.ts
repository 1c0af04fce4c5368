import { App, type Environment, Tags } from "aws-cdk-lib";
import type * as z from "zod";
import { DataStack } from "../lib/stacks/data-stack.ts";
import { InferenceStack } from "../lib/stacks/inference-stack.ts";
import { Stage } from "../lib/stacks/stage.ts";
import { TrainingStack } from "../lib/stacks/training-stack.ts";

/** Every deployment; `cdk deploy 'hilum-dev-*'` chooses one. */
const STAGES: readonly z.input<typeof Stage>[] = [{ name: "dev", keepData: false }, { name: "prod" }];

/** Account and region of the caller's AWS profile, as the CDK's command line gives them; none for a dry synthesis. */
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
const env: Environment = { ...(account && { account }), ...(region && { region }) };

const app = new App();
for (const input of STAGES) {
  const stage = Stage.parse(input);
  const named = (part: string) => `hilum-${stage.name}-${part}`;
  const { buckets } = new DataStack(app, named("data"), { env, stage });
  new TrainingStack(app, named("training"), { env, stage, buckets });
  new InferenceStack(app, named("inference"), { env, stage, buckets });
  for (const part of ["data", "training", "inference"]) {
    Tags.of(app.node.findChild(named(part))).add("hilum:stage", stage.name);
  }
}
app.synth();
