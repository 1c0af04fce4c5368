import { createHash } from "node:crypto";
import { LOCAL_READER, UNKNOWN_READER } from "../../../lib/domain/readers.ts";

/** What API Gateway hands on of who calls, once it has let them in. */
interface RequestContext {
  readonly authorizer?: { readonly claims?: Readonly<Record<string, unknown>> } | null;
  readonly identity?: Readonly<Record<string, unknown>> | null;
}

/**
 * What tells callers apart, the best first: who is logged in, the client whose key it is, who signed. A role's session is
 * named by whoever takes the role, so that it could be another with each call: the role counts.
 */
const SIGNS: Readonly<Record<string, (context: RequestContext) => unknown>> = {
  person: ({ authorizer }) => authorizer?.claims?.sub,
  key: ({ identity }) => identity?.apiKeyId,
  signer: ({ identity }) => identity?.caller && String(identity.caller).split(":")[0],
};

/** 16 digits of SHA-256: who knows a caller's id finds what he sent, and nobody finds the id. */
const pseudonym = (kind: string, id: string): string =>
  createHash("sha256").update(`hilum reader\n${kind}\n${id}`).digest("hex").slice(0, 16);

/**
 * The pseudonym of whoever sent a request, the same for all of theirs.
 * @param env what the app was called with: Lambda's event, or nothing that is known here
 */
export function readerOf(env: unknown): string {
  const context = (env as { readonly requestContext?: RequestContext } | undefined)?.requestContext;
  if (context === undefined) return LOCAL_READER;
  for (const [kind, idOf] of Object.entries(SIGNS)) {
    const id = idOf(context);
    if (typeof id === "string" && id !== "") return pseudonym(kind, id);
  }
  return UNKNOWN_READER;
}
