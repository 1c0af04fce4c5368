import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gatewaySource } from "../bin/gateway-source.ts";
import { stillTemplate } from "../functions/api/still-template.ts";
import { STACK_PARTS, stackName } from "../lib/contracts/deployment.ts";
import { createCdkApp } from "../lib/stacks/app.ts";
import type { Stage } from "../lib/stacks/stage.ts";
import { ACCOUNT, REGION } from "./emulator/emulator.ts";
import type { Template } from "./template.ts";
import { adapt, type LeftOut, leftOut, type Setting } from "./workarounds.ts";

/** A cloud assembly, as `cdk deploy` takes it: the stacks' own, less what the emulator can't do. */
export interface Assembly {
  readonly folder: string;
  /** As they were synthesised, by stack, in the order of deployment. */
  readonly templates: ReadonlyMap<string, Template>;
  /** As they are deployed. */
  readonly adapted: ReadonlyMap<string, Template>;
  readonly leftOut: ReadonlyMap<string, readonly LeftOut[]>;
  readonly used: readonly string[];
  /** Images that the templates ask for: repository and tag. */
  readonly images: readonly (readonly [repository: string, tag: string])[];
}

const read = async (file: string) => JSON.parse(await readFile(file, "utf8"));
const write = (file: string, value: unknown) => writeFile(file, JSON.stringify(value, null, 1));

// `npm run synth` validates; here it would take most of the time.
process.env.CDK_VALIDATION ??= "false";

/** Synthesises a stage as bin/cdk.ts does, and adapts it. */
export async function assemble(
  stage: Stage,
  folder: string,
  setting: Omit<Setting, "deployed">,
  deployed?: Assembly,
): Promise<Assembly> {
  createCdkApp({
    ...{ stages: [stage], env: {}, document: gatewaySource(), runPage: stillTemplate(), outdir: folder },
  }).synth();
  const templates = new Map<string, Template>();
  const adapted = new Map<string, Template>();
  const without = new Map<string, readonly LeftOut[]>();
  const used = new Set<string>();
  const images: [string, string][] = [];
  for (const stack of STACK_PARTS.map((part) => stackName(stage.name, part))) {
    const file = join(folder, `${stack}.template.json`);
    const template: Template = await read(file);
    const done = adapt(template, { ...setting, deployed: deployed?.adapted.get(stack) });
    await write(file, done.template);
    for (const what of done.used) used.add(what);
    templates.set(stack, template);
    adapted.set(stack, done.template);
    without.set(stack, leftOut(template, setting.facts));
    images.push(...(await moveTemplate(folder, stack)));
  }
  const manifest = join(folder, "manifest.json");
  const text = await readFile(manifest, "utf8");
  await writeFile(manifest, text.replaceAll(/("stackTemplateAssetObjectUrl": "s3:\/\/[^/]+\/)/g, `$1${TEMPLATES}`));
  return { folder, templates, adapted, leftOut: without, used: [...used], images };
}

/** Folder of the bootstrap bucket from whose address the emulator reads templates (rehearsal/workarounds.ts). */
const TEMPLATES = "localhost/";

/** Has a stack's template uploaded into that folder. @returns the images of the stack */
async function moveTemplate(folder: string, stack: string): Promise<[string, string][]> {
  const file = join(folder, `${stack}.assets.json`);
  const assets = await read(file);
  for (const { source, destinations } of Object.values<Asset>(assets.files)) {
    if (source.path !== `${stack}.template.json`) continue;
    for (const destination of Object.values(destinations))
      destination.objectKey = `${TEMPLATES}${destination.objectKey}`;
  }
  await write(file, assets);
  const placed = (name: string) =>
    name.replace(/\$\{AWS::(AccountId|Region)\}/g, (_, of: keyof typeof HERE) => HERE[of]);
  return Object.values<Asset>(assets.dockerImages).flatMap(({ destinations }) =>
    Object.values(destinations).map(({ repositoryName, imageTag }): [string, string] => [
      placed(repositoryName),
      imageTag,
    ]),
  );
}

const HERE = { AccountId: ACCOUNT, Region: REGION };

interface Asset {
  readonly source: { readonly path?: string };
  readonly destinations: Record<string, { objectKey: string; repositoryName: string; imageTag: string }>;
}

/** Places, `stack/logical id`, that are in both and not the same. */
export const differences = (some: Assembly["templates"], others: Assembly["templates"]): string[] =>
  [...some].flatMap(([stack, { Resources }]) =>
    Object.entries(Resources)
      .filter(([id, resource]) => {
        const other = others.get(stack)?.Resources[id];
        return other !== undefined && JSON.stringify(other) !== JSON.stringify(resource);
      })
      .map(([id]) => `${stack}/${id}`),
  );
