import * as z from "zod";
import { splitSaltKey } from "../contracts/layout.ts";
import { schemaName } from "../contracts/primitives.ts";
import type { RunRequest } from "../contracts/run.ts";
import { sha256 } from "../domain/sha256.ts";
import type { Store } from "../store/store.ts";
import { updateDocument } from "../store/update.ts";

/** The salt of a data folder's split. */
export const SplitSalt = z.strictObject({ schema: schemaName("hilum.split-salt/1"), salt: z.string() });

/**
 * The salt of this folder and seed: the one that its first run chose, so that a folder which grows keeps every patient
 * where he was, and a new model is never tested on a patient that an older one was trained on. Only where the kept one
 * is of no use any more, as after the folder's films were replaced, is another chosen.
 */
export async function keptSalt(
  datasets: Store,
  request: RunRequest,
  { choose, isUsable }: { readonly choose: () => string; readonly isUsable: (salt: string) => boolean },
): Promise<string> {
  const { value } = await updateDocument(datasets, splitSaltKey(splitName(request)), SplitSalt, (kept) =>
    kept && isUsable(kept.salt) ? kept : { schema: "hilum.split-salt/1" as const, salt: choose() },
  );
  return value.salt;
}

const splitName = ({ data, config }: RunRequest): string => sha256(`${data}\n${config.seed}`).slice(0, 32);
