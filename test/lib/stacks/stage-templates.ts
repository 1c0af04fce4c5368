import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "aws-cdk-lib";
import type * as z from "zod";
import { gatewaySource } from "../../../bin/gateway-source.ts";
import { STACK_PARTS, type StackPart, stackName } from "../../../lib/contracts/deployment.ts";
import { replaceFile } from "../../../lib/setup/replace-file.mjs";
import { createCdkApp } from "../../../lib/stacks/app.ts";
import { addChecks } from "../../../lib/stacks/checks.ts";
import { parseStage, type Stage } from "../../../lib/stacks/stage.ts";
import { madeOnce } from "../../made-once.ts";
import type { Resource } from "./synthesis.ts";

export interface StageTemplate {
  readonly template: { readonly Resources: Readonly<Record<string, Resource>>; readonly [name: string]: unknown };
  /** Every resource of a type, by its logical name. */
  all(type: string): readonly (Resource & { readonly id: string })[];
  /** The only one. */
  one(type: string): Resource & { readonly id: string };
}

interface Options {
  readonly env?: Environment;
  readonly checks?: boolean;
  readonly zones?: readonly string[];
}

/**
 * The templates of one stage of these settings, made once for all files of a run of tests.
 * @param checks whether the rules of cdk-nag are asked too, so that a finding without a reason fails
 * @param zones availability zones that the account of `env` has, where one is given
 */
export async function stageTemplates(
  settings: Omit<z.input<typeof Stage>, "name"> & { readonly name?: string } = {},
  options: Options = {},
): Promise<Readonly<Record<StackPart, StageTemplate>>> {
  const stage = parseStage({ name: "some", ...settings });
  const hash = createHash("sha256")
    .update(JSON.stringify([stage, options]))
    .digest("hex");
  const file = join(tmpdir(), `stage-${hash}.json`);
  await madeOnce(file, async () => replaceFile(file, JSON.stringify(await synthesised(stage, options))));
  const templates = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<StackPart, StageTemplate["template"]>>;
  return Object.fromEntries(STACK_PARTS.map((part) => [part, asked(templates[part])])) as Record<
    StackPart,
    StageTemplate
  >;
}

async function synthesised(
  stage: Stage,
  { env = {}, checks = false, zones = [] }: Options,
): Promise<Readonly<Record<StackPart, unknown>>> {
  const outdir = await mkdtemp(join(tmpdir(), "hilum-stage-"));
  // Images' contexts are large, and nobody builds from here.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    "aws:cdk:disable-asset-staging": true,
    [`availability-zones:account=${env.account}:region=${env.region}`]: zones,
  });
  try {
    const app = createCdkApp({ stages: [stage], env, document: gatewaySource(), runPage: "<!doctype html>", outdir });
    if (checks) addChecks(app);
    app.synth();
    const made = STACK_PARTS.map(async (part) => {
      const text = await readFile(join(outdir, `${stackName(stage.name, part)}.template.json`), "utf8");
      return [part, JSON.parse(text)] as const;
    });
    return Object.fromEntries(await Promise.all(made)) as Record<StackPart, unknown>;
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
