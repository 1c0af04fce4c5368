import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addChecks } from "../../../lib/stacks/checks.ts";

let outdir: string;
beforeEach(async () => {
  outdir = await mkdtemp(join(tmpdir(), "hilum-checks-"));
});
afterEach(() => rm(outdir, { recursive: true, force: true }));

// Clean reports look like those of rules that never ran; so they must be seen to find something.
test.each<[string, RegExp, (stack: Stack) => unknown]>([
  ["a bucket that is open to plain HTTP", /AwsSolutions-S10/, (stack) => new Bucket(stack, "Films")],
  ["a bucket without a key", /HIPAA.Security-S3DefaultEncryptionKMS/, (stack) => new Bucket(stack, "Films")],
  [
    "a role that may do everything",
    /AwsSolutions-IAM5\[Action::s3:\*\]/,
    (stack) => {
      const role = new Role(stack, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
      const statements = [new PolicyStatement({ actions: ["s3:*"], resources: ["*"] })];
      return new ManagedPolicy(stack, "Policy", { statements, roles: [role] });
    },
  ],
])("the rules find %s, also under a name of ours", (_, rule, plant) => {
  const app = new App({ outdir, analyticsReporting: false });
  plant(new Stack(app, "hilum-test-data"));
  addChecks(app);
  expect(() => app.synth()).toThrow(rule);
});
