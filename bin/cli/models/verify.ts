import { InputError } from "../../../lib/domain/errors.ts";
import { listVersions, verifyVersion } from "../../../lib/registry/versions.ts";
import { findVersion, type ModelsOptions, openModels } from "./registry.ts";

interface Verdict {
  readonly version: string;
  readonly files: number;
  readonly fault: string | null;
}

/** Hashes every file of a version, or of all; each damaged one is told before the command ends as wrong input. */
export async function verifyModels(place: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const models = place === undefined ? await openModels(store) : (await findVersion(place, store)).models;
  const versions: string[] = [];
  if (place === undefined) for await (const id of listVersions(models)) versions.push(id);
  else versions.push((await findVersion(place, store)).version.version);
  const verdicts: Verdict[] = [];
  for (const version of versions) {
    const verdict = await verifyVersion(models, version).then(
      ({ files }): Verdict => ({ version, files: files.length, fault: null }),
      (error): Verdict => {
        if (!(error instanceof InputError)) throw error;
        return { version, files: 0, fault: error.message };
      },
    );
    verdicts.push(verdict);
    if (!json) console.log(`${version}  ${verdict.fault ?? `${verdict.files} files as published`}`);
  }
  if (json) console.log(JSON.stringify(verdicts));
  const damaged = verdicts.filter(({ fault }) => fault !== null).length;
  if (damaged > 0) {
    throw new InputError("version-damaged", `${damaged} of ${verdicts.length} versions are not as they were published`);
  }
}
