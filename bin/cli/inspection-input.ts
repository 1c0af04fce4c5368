import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type * as z from "zod";
import { COLUMNS_FILE, ColumnMapping } from "../../lib/contracts/column-mapping.ts";
import {
  type Division,
  type LabelPolicy,
  NotLabelled,
  PolicyChoice,
  type Protocol,
  RunConfig,
  Upsampling,
} from "../../lib/contracts/run-config.ts";
import { findDataFiles } from "../../lib/data/data-files.ts";
import type { InspectOptions } from "../../lib/data/inspect.ts";
import { readFolder } from "../../lib/data/manifest.ts";
import { manifestOf } from "../../lib/data/missing-films.ts";
import type { CsvFile } from "../../lib/data/read-sources.ts";
import { understoodFolder } from "../../lib/data/understood.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { POLICY_NAMES, RENAMED_POLICIES } from "../../lib/domain/label-policy.ts";
import { findDocument } from "../../lib/store/documents.ts";
import { openStore, storeUri } from "../../lib/store/open.ts";
import { readWholeFile } from "../../lib/store/open-file.ts";
import { describeFaults, loadConfig } from "./config.ts";

/** A file of this machine, or an object (`s3://bucket/key`). */
export async function openCsv(place: string): Promise<CsvFile> {
  const uri = storeUri(dirname(place));
  if (uri.startsWith("file:")) await requireFile(place);
  const store = openStore(uri);
  const mapping = await findDocument(store, COLUMNS_FILE, ColumnMapping);
  return { name: place, folder: "", mapping, stream: () => store.stream(basename(place)) };
}

/** @throws InputError `csv` */
async function requireFile(place: string): Promise<void> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) throw new InputError("csv", `${place}: no such file, expected a CSV file`);
  if (found.isFile()) return;
  if (!found.isDirectory()) throw new InputError("csv", `${place}: a pipe or a device, expected a CSV file`);
  const held = (await readdir(place)).filter((name) => /^(?!b(box|oxes)).*\.csv(\.gz)?$/i.test(name)).sort();
  const such = held.length === 0 ? "" : `, such as ${held.map((name) => `--csv ${join(place, name)}`).join(" ")}`;
  throw new InputError("csv", `${place}: a folder, expected a CSV file${such}`);
}

/** What a data folder holds, and what its files were taken for. @throws InputError as readFolder */
export async function openFolder(
  folder: string,
  { data, views }: Pick<RunConfig, "data" | "views" | "split">,
  division: Division,
) {
  const store = openStore(storeUri(folder));
  const files = await findDataFiles(store, division, data.columns);
  const found = await readFolder(store, files, data.columns);
  return { manifest: manifestOf(found, data.missing), folder: understoodFolder(files, found, views) };
}

/** What decides an inspection; of a configuration that is named, what is left out here. */
interface Settings {
  readonly config?: string | undefined;
  readonly policy?: string | undefined;
  readonly protocol?: Protocol | undefined;
  readonly upsample?: string | undefined;
  readonly notLabelled?: string | undefined;
  readonly seed?: number | undefined;
  readonly split?: Division | undefined;
}

/** @throws InputError `config` for a policy or rule that is none */
export async function inspectionSettings(options: Settings): Promise<InspectOptions & Pick<RunConfig, "data">> {
  const { config, protocol, seed, split, policy, upsample, notLabelled } = options;
  const base: Partial<RunConfig> = config === undefined ? {} : await loadConfig(config);
  const given = {
    ...(protocol && { protocol }),
    ...(seed !== undefined && { seed }),
    ...(split && { split }),
    ...(notLabelled !== undefined && { notLabelled: await parseFile(NotLabelled, notLabelled) }),
    ...(upsample !== undefined && { upsampling: await upsamplingRule(upsample) }),
    ...((policy !== undefined || config === undefined) && { policy: await policyValue(policy ?? USUAL_POLICY) }),
  };
  const settings = RunConfig.pick({
    views: true,
    policy: true,
    notLabelled: true,
    protocol: true,
    split: true,
    upsampling: true,
    seed: true,
    data: true,
  });
  const { policy: ofConfig, notLabelled: named, protocol: how, split: shares, seed: first } = base;
  const { views, upsampling, data } = base;
  const known = {
    policy: ofConfig,
    notLabelled: named,
    protocol: how,
    split: shares,
    seed: first,
    views,
    upsampling,
    data,
  };
  // Of the policy alone nothing is known yet.
  return parse(settings, { ...known, ...given }, policy ?? USUAL_POLICY);
}

const USUAL_POLICY = "u-ones";

const parseFile = async <T extends z.ZodType>(schema: T, file: string): Promise<z.infer<T>> =>
  parse(schema, await readJson(file), file);

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
    text = (await readWholeFile(file)).toString("utf8");
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
