import type { ModelVersion, VersionId } from "../contracts/model-version.ts";
import { sha256 } from "../store/etag.ts";

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

/** The id that a version's content gives it: files in order of path, then every field that serving reads. */
export function versionId(content: VersionContent): VersionId {
  const files = [...content.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(canonical({ ...content, files })).slice(0, DIGITS);
}
