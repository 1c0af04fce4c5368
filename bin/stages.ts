import type * as z from "zod";
import { InputError } from "../lib/domain/errors.ts";
import { parseStage, type Stage } from "../lib/stacks/stage.ts";

/** Every deployment; docs/stages.md lists the settings. Add your own, or change these. */
const STAGES: readonly z.input<typeof Stage>[] = [
  // The least that works: nothing costs while nothing runs, save what is stored.
  {
    name: "minimal",
    keepData: false,
    preset: "smoke",
    logDays: 30,
    audit: "none",
    api: { firewall: false, requestsPerSecond: 2 },
    alarms: { monthlyBudget: 50 },
  },
  { name: "dev", keepData: false, preset: "smoke", logDays: 90, api: { access: "cognito" } },
  // Deploys in a new account. Where Lambda's quotas allow it (bin/hilum doctor --aws), memoryMiB: 3538 gives the API two
  // cores, provisioned: 1 spares the first reader the start, and concurrency: 20 bounds what it takes from others.
  {
    name: "prod",
    network: "endpoints",
    api: { access: "cognito" },
    alarms: { monthlyBudget: 800 },
  },
];

/** @throws InputError `stage` where a setting is wrong, or two have one name */
export function stages(): readonly Stage[] {
  const parsed = STAGES.map(parseStage);
  const twice = parsed.find(({ name }, index) => parsed.findIndex((stage) => stage.name === name) !== index);
  if (twice)
    throw new InputError("stage", `stage ${twice.name}: stands twice in bin/stages.ts; expected a name of its own`);
  return parsed;
}

/** @throws InputError `no-such-stage` */
export function stageNamed(name: string): Stage {
  const found = STAGES.find((stage) => stage.name === name);
  if (found !== undefined) return parseStage(found);
  const names = STAGES.map((stage) => stage.name).join(", ");
  throw new InputError("no-such-stage", `stage ${name}: not in bin/stages.ts; expected one of ${names}`);
}
