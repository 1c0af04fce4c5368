import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "aws-cdk-lib";
import type * as z from "zod";
import { gatewaySource } from "../../../bin/gateway-source.ts";
import { STACK_PARTS, type StackPart, stackName } from "../../../lib/contracts/deployment.ts";
import { createCdkApp } from "../../../lib/stacks/app.ts";
import { addChecks } from "../../../lib/stacks/checks.ts";
import { parseStage, type Stage } from "../../../lib/stacks/stage.ts";
import type { Resource } from "./synthesis.ts";

export interface StageTemplate {
  readonly template: { readonly Resources: Readonly<Record<string, Resource>>; readonly [name: string]: unknown };
  /** Every resource of a type, by its logical name. */
  all(type: string): readonly (Resource & { readonly id: string })[];
  /** The only one. */
  one(type: string): Resource & { readonly id: string };
}

/**
 * The templates of one stage of these settings, made in this process.
 * @param checks whether the rules of cdk-nag are asked too, so that a finding without a reason fails
 * @param zones availability zones that the account of `env` has, where one is given
 */
export async function stageTemplates(
  settings: Omit<z.input<typeof Stage>, "name"> & { readonly name?: string } = {},
  {
    env = {},
    checks = false,
    zones = [],
  }: { readonly env?: Environment; readonly checks?: boolean; readonly zones?: readonly string[] } = {},
): Promise<Readonly<Record<StackPart, StageTemplate>>> {
  const outdir = await mkdtemp(join(tmpdir(), "hilum-stage-"));
  // Images' contexts are large, and nobody builds from here.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    "aws:cdk:disable-asset-staging": true,
    [`availability-zones:account=${env.account}:region=${env.region}`]: zones,
  });
  try {
    const stage = parseStage({ name: "some", ...settings });
    const app = createCdkApp({ stages: [stage], env, document: gatewaySource(), runPage: "<!doctype html>", outdir });
    if (checks) addChecks(app);
    app.synth();
    const made = STACK_PARTS.map(async (part) => {
      const text = await readFile(join(outdir, `${stackName(stage.name, part)}.template.json`), "utf8");
      return [part, asked(JSON.parse(text))] as const;
    });
    return Object.fromEntries(await Promise.all(made)) as Record<StackPart, StageTemplate>;
  } finally {
    delete process.env.CDK_CONTEXT_JSON;
    await rm(outdir, { recursive: true, force: true });
  }
}

function asked(template: StageTemplate["template"]): StageTemplate {
  const all: StageTemplate["all"] = (type) =>
    Object.entries(template.Resources).flatMap(([id, resource]) =>
      resource.Type === type ? [{ id, ...resource }] : [],
    );
  return {
    template,
    all,
    one(type) {
      const found = all(type);
      if (found.length !== 1) throw new Error(`${type}: ${found.length} of them, expected one`);
      return found[0]!;
    },
  };
}
