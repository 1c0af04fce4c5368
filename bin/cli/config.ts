import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { RENAMED_PRESETS, RunConfig } from "../../lib/contracts/run-config.ts";
import { tellIssues } from "../../lib/contracts/tell-issues.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { readWholeFile } from "../../lib/store/open-file.ts";
import { presetsFolder } from "./places.ts";

/**
 * A preset by its name, or a file.
 * @throws InputError `config` naming each setting that is wrong or unknown, `no-such-config`
 */
export async function loadConfig(nameOrFile: string): Promise<RunConfig> {
  const preset = presets().includes(nameOrFile);
  const file = preset ? join(presetsFolder, `${nameOrFile}.json`) : nameOrFile;
  return parseConfig(nameOrFile, await readText(file));
}

const presets = (): string[] =>
  readdirSync(presetsFolder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();

async function readText(file: string): Promise<string> {
  try {
    const text = (await readWholeFile(file)).toString("utf8");
    // Editors of one family begin their files with a byte-order mark.
    return text.replace(/^\ufeff/, "");
  } catch (cause) {
    const renamed = RENAMED_PRESETS.get(file);
    const expected = renamed
      ? `the preset is called ${renamed} now`
      : `expected a file, or one of the presets ${presets().join(", ")}`;
    throw new InputError("no-such-config", `config ${file}: can't be read; ${expected}`, { cause });
  }
}

function parseConfig(where: string, text: string): RunConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InputError("config", `config ${where}: not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = RunConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new InputError("config", `config ${where}: ${describeFaults(parsed.error)}`, { cause: parsed.error });
}

/** Each setting that is wrong, with what was expected. */
export const describeFaults = (error: z.ZodError): string => tellIssues(error, "it", "no such setting");
