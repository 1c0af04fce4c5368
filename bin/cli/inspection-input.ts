import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type * as z from "zod";
import {
  type Division,
  type LabelPolicy,
  NotLabelled,
  PolicyChoice,
  type Protocol,
  RunConfig,
  Upsampling,
} from "../../lib/contracts/run-config.ts";
import type { InspectOptions } from "../../lib/data/inspect.ts";
import type { CsvFile } from "../../lib/data/read-sources.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { POLICY_NAMES, RENAMED_POLICIES } from "../../lib/domain/label-policy.ts";
import { openStore, storeUri } from "../../lib/store/open.ts";
import { describeFaults } from "./config.ts";

/** A file of this machine, or an object (`s3://bucket/key`). */
export function openCsv(place: string): CsvFile {
  const store = openStore(storeUri(dirname(place)));
  return { name: place, folder: "", stream: () => store.stream(basename(place)) };
}

/** @throws InputError `config` for a policy or rule that is none */
export async function inspectionSettings(options: {
  readonly policy: string;
  readonly protocol: Protocol;
  readonly upsample: string;
  readonly notLabelled?: string;
  readonly seed: number;
  readonly split?: Division | undefined;
}): Promise<InspectOptions> {
  const { protocol, seed } = options;
  const notLabelled = await observationsBySource(options.notLabelled);
  const policy = await policyValue(options.policy);
  const rule = await upsamplingRule(options.upsample);
  const settings = RunConfig.pick({
    views: true,
    policy: true,
    notLabelled: true,
    protocol: true,
    split: true,
    upsampling: true,
    seed: true,
  });
  // Of the policy alone nothing is known yet.
  const { split } = options;
  return parse(settings, { policy, notLabelled, protocol, upsampling: rule, seed, split }, options.policy);
}

const observationsBySource = async (file: string | undefined): Promise<NotLabelled> =>
  file === undefined ? {} : parse(NotLabelled, await readJson(file), file);
/** A policy's name, or what a JSON file holds. */
const policyValue = async (policy: string): Promise<unknown> =>
  (POLICY_NAMES as readonly string[]).includes(policy) || RENAMED_POLICIES.has(policy)
    ? policy
    : readJson(policy, `one of the policies ${POLICY_NAMES.join(", ")}`);

/** @throws InputError `config`, `no-such-config` */
export const readPolicy = async (policy: string): Promise<LabelPolicy> =>
  parse(PolicyChoice, await policyValue(policy), policy);

const isRule = (value: unknown): boolean => typeof value === "object" && value !== null && "kind" in value;

/** A rule as configurations have it, or a table of factors by itself. */
async function upsamplingRule(name: string): Promise<unknown> {
  if (name === "none" || name === "published") return { kind: name };
  const value = await readJson(name, "published, none");
  return parse(Upsampling, isRule(value) ? value : { kind: "table", factors: value }, name);
}

/** @param others what else could have stood there than a file */
async function readJson(file: string, others?: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new InputError(
      "no-such-config",
      `${file}: can't be read; expected ${others === undefined ? "" : `${others} or `}a JSON file`,
      { cause },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError("config", `${file}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

function parse<T extends z.ZodType>(schema: T, value: unknown, where: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError("config", `${where}: ${describeFaults(parsed.error)}`, { cause: parsed.error });
}
