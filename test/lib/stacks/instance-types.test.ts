import { expect, test } from "vitest";
import { stageTemplates } from "./stage-templates.ts";

test("a compute environment takes the instance types of its setting, and no others", async () => {
  const { training } = await stageTemplates({ gpu: { instances: ["g5.xlarge", "g6.xlarge"] } });
  const types = training
    .all("AWS::Batch::ComputeEnvironment")
    .map(({ Properties }) => Properties.ComputeResources.InstanceTypes.join());
  expect(types.sort()).toEqual(["default_x86_64", "default_x86_64", "g5.xlarge,g6.xlarge", "g5.xlarge,g6.xlarge"]);
});
