import type { ModelIdentity } from "../contracts/api.ts";
import type { ModelVersion, VersionId } from "../contracts/model-version.ts";
import { sha256 } from "../domain/sha256.ts";

/** Digits of a version id: 64 bits, enough for a registry's life. */
const DIGITS = 16;

/** What a version is, without its name in the registry and the moment of its making. */
export type VersionContent = Omit<ModelVersion, "version" | "createdAt">;

/** JSON with the fields of every object in order of name, so that equal values have equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The SHA-256 of a version's content: files in order of path, then every field that serving reads. */
function contentHash(content: VersionContent): string {
  const files = [...content.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(canonical({ ...content, files }));
}

/** The id that a version's content gives it. */
export const versionId = (content: VersionContent): VersionId => contentHash(content).slice(0, DIGITS);

/** Every answer says it, of one manifest for as long as that serves. */
const identities = new WeakMap<ModelVersion, ModelIdentity>();

/** What an answer says of the version that gave it. */
export function identityOf(manifest: ModelVersion): ModelIdentity {
  const known = identities.get(manifest);
  if (known !== undefined) return known;
  const { version, createdAt: _, ...content } = manifest;
  const identity: ModelIdentity = { name: manifest.name, version, sha256: contentHash(content) };
  identities.set(manifest, identity);
  return identity;
}
