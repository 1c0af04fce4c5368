import type { Channels } from "../../../lib/contracts/model-version.ts";
import { promote, rollback } from "../../../lib/registry/channels.ts";
import { verifyVersion } from "../../../lib/registry/versions.ts";
import { findVersion, type ModelsOptions, openModels } from "./registry.ts";

/** Puts a version in production by hand, past the gate; its files are hashed before. */
export async function promoteModel(place: string, { store, json }: ModelsOptions): Promise<void> {
  const { models, version } = await findVersion(place, store);
  await verifyVersion(models, version.version);
  tell(await promote(models, version.version), json);
}

/** Puts the version back that was in production before. */
export async function rollbackModel({ store, json }: ModelsOptions): Promise<void> {
  tell(await rollback(await openModels(store)), json);
}

function tell({ production, previous, candidate, generation }: Channels, json?: boolean): void {
  if (json) console.log(JSON.stringify({ production, previous, candidate, generation }));
  else console.log(`production ${production}, before it ${previous ?? "none"}`);
}
