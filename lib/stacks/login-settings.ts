import * as z from "zod";
import { GROUPS, type Group } from "../contracts/people.ts";

const Shared = {
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{2,31}$/, "expected a name of 3 to 32 letters, digits and dashes"),
  /** Groups of everybody who comes from it; others are put into them one by one. */
  groups: z.array(z.enum(Object.keys(GROUPS) as [Group, ...Group[]])).default([]),
};

const Https = z.url({ protocol: /^https$/ });

const Saml = z.strictObject({
  ...Shared,
  kind: z.literal("saml"),
  metadataUrl: Https,
  /** Attribute of its answers that holds the address. */
  email: z.string().default("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"),
});

const Oidc = z.strictObject({
  ...Shared,
  kind: z.literal("oidc"),
  issuerUrl: Https,
  clientId: z.string().min(1),
  /** In Secrets Manager, as plain text, so that no template holds it. */
  clientSecretArn: z.string().regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:/, "expected a secret's ARN"),
  email: z.string().default("email"),
});

/** Who may log in, and how well that is watched. */
export const LoginSettings = z
  .strictObject({
    threatProtection: z
      .boolean()
      .default(true)
      .describe(
        "Cognito's Plus tier with its threat protection enforced: log-ins by their risk, passwords that have leaked; false takes the Essentials tier, which has none and costs less a person",
      ),
    localUsers: z
      .boolean()
      .default(true)
      .describe("people with a password and second factor in the pool itself; false leaves the providers alone"),
    providers: z
      .array(z.discriminatedUnion("kind", [Saml, Oidc]))
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "expected each name once")
      .default([])
      .describe(
        'log-ins of your own: `{ kind: "saml", name, metadataUrl }` or `{ kind: "oidc", name, issuerUrl, clientId, clientSecretArn }`, each with `groups` (readers, operators) that everybody of it is in',
      ),
  })
  .refine(({ localUsers, providers }) => localUsers || providers.length > 0, {
    path: ["localUsers"],
    message: "nobody could log in; expected true, or a provider",
  });
export type LoginSettings = z.infer<typeof LoginSettings>;
