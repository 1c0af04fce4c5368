import type { MiddlewareHandler } from "hono";
import type { Group } from "../../../lib/contracts/people.ts";
import { InputError } from "../../../lib/domain/errors.ts";

/** Names in a person's token that make each of our groups: the group itself, or all of a provider. */
export type People = Readonly<Record<Group, ReadonlySet<string>>>;

/** What API Gateway hands on of the token that it has checked. */
interface Claims {
  readonly requestContext?: { readonly authorizer?: { readonly claims?: Readonly<Record<string, unknown>> } | null };
}

const namesIn = (env: unknown): readonly string[] => {
  const told = (env as Claims | undefined)?.requestContext?.authorizer?.claims?.["cognito:groups"];
  return String(told ?? "").split(/[\s,[\]]+/);
};

/** Whether it runs is anybody's to know who has logged in. */
const OPEN = /^\/v[12]\/health\//;

/**
 * Lets people do what their groups may. Whatever is sent here is a film or about one, and for readers alone; the rest is
 * about the service. Whoever is in no group may do nothing, as everybody of a provider that knows the whole hospital.
 */
export const peopleOnly =
  (people: People): MiddlewareHandler =>
  async (c, next) => {
    const names = namesIn(c.env);
    const isOf = (group: Group) => names.some((name) => people[group].has(name));
    const expected: readonly Group[] = c.req.method === "POST" ? ["readers"] : ["readers", "operators"];
    if (!OPEN.test(c.req.path) && !expected.some(isOf)) {
      const detail = `log-in: not of the group ${expected.join(" or ")}; whoever runs this service puts people into groups`;
      throw new InputError("not-of-the-group", detail);
    }
    await next();
  };
