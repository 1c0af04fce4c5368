import { ExternalValidation, ValidationId } from "../contracts/external-validation.ts";
import { modelKeys } from "../contracts/layout.ts";
import type { VersionId } from "../contracts/model-version.ts";
import { readDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";

/** The external validations of a version, newest first. @throws InputError `document` for one that is none */
export async function listValidations(models: Store, version: VersionId): Promise<ExternalValidation[]> {
  const { prefix, of } = modelKeys.validations(version);
  const found: ExternalValidation[] = [];
  for await (const { key } of models.list(prefix)) {
    const id = key.slice(prefix.length).split("/", 1)[0]!;
    if (!ValidationId.safeParse(id).success || key !== of(id).validation) continue;
    found.push(await readDocument(models, key, ExternalValidation));
  }
  return found.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}
