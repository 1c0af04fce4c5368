import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { JOB_STEPS } from "../../../lib/workflow/jobs.ts";
import { type Statement, statementsByRole } from "./roles.ts";
import { stageTemplates } from "./stage-templates.ts";

type Templates = Awaited<ReturnType<typeof stageTemplates>>;

const BASE = "registry.example.org/node:24-bookworm-slim";

/** Two versions of a stage, whose images differ. */
let before: Templates;
let after: Templates;
beforeAll(async () => {
  before = await stageTemplates();
  after = await stageTemplates({ images: { base: BASE } });
});

const definitions = ({ training }: Templates) => training.all("AWS::Batch::JobDefinition");

describe("a deployment over a run that is under way", () => {
  it("makes new revisions of the same definitions, and leaves those that the run submits", () => {
    const old = new Map(definitions(before).map((definition) => [definition.id, definition.Properties]));
    expect(old.size).toBe(JOB_STEPS.length);
    expect(definitions(after).map(({ id }) => id)).toEqual([...old.keys()]);
    for (const { id, Properties } of definitions(after)) {
      expect(Properties.JobDefinitionName).toBe(old.get(id).JobDefinitionName);
      expect(Properties.ContainerProperties.Image).not.toEqual(old.get(id).ContainerProperties.Image);
      expect(Properties.ResourceRetentionPolicy).toEqual({ SkipDeregisterOnUpdate: true });
    }
  });

  it("leaves the roles and logs that older revisions name", () => {
    const there = new Set(Object.keys(after.training.template.Resources));
    for (const { id, Properties } of definitions(before)) {
      const { JobRoleArn, ExecutionRoleArn, LogConfiguration } = Properties.ContainerProperties;
      const named = [
        ...[JobRoleArn, ExecutionRoleArn].map((role) => role["Fn::GetAtt"][0]),
        LogConfiguration.Options["awslogs-group"].Ref,
      ];
      expect(
        named.filter((name) => !there.has(name)),
        id,
      ).toEqual([]);
    }
  });

  it("lets the machine's role, which the run shares, submit older revisions", () => {
    const [machine] = after.training.all("AWS::StepFunctions::StateMachine");
    const statements = statementsByRole(JSON.stringify(after.training.template)).get(
      machine!.Properties.RoleArn["Fn::GetAtt"][0],
    )!;
    const submits = statements.filter(({ Action }: Statement) => [Action].flat().includes("batch:SubmitJob"));
    const allowed = JSON.stringify(submits.map(({ Resource }) => Resource));
    for (const { id, Properties } of definitions(before)) {
      expect(allowed).toContain(`:job-definition/${Properties.JobDefinitionName}:*"`);
      expect(allowed).not.toContain(`{"Ref":"${id}"}`);
    }
  });

  it("names images by what they are made of, which the account's registry never overwrites", async () => {
    const bootstrap = new URL(
      "../../../node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml",
      import.meta.url,
    );
    expect(await readFile(bootstrap, "utf8")).toMatch(
      /AWS::ECR::Repository\n\s+Properties:\n\s+ImageTagMutability: IMMUTABLE/,
    );
    for (const { Properties } of definitions(before)) {
      expect(JSON.stringify(Properties.ContainerProperties.Image)).toMatch(/:[0-9a-f]{64}"/);
    }
  });
});
