import { hostname, networkInterfaces } from "node:os";
import { LOOPBACK } from "./middleware/callers.ts";

/** Any address of this machine. */
const ANY = new Set(["0.0.0.0", "[::]"]);

/** An address as it stands in a URL. */
export const inUrl = (address: string): string => (address.includes(":") ? `[${address}]` : address);

const ownNames = (): string[] => [
  hostname(),
  ...Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => inUrl(address))),
];

/**
 * Origins under which a server is called, the usual one first.
 * @param listens where it listens, as a URL @param origin that it was told to be called by, the only one then
 */
export function originsOf(listens: string, origin?: string, names: readonly string[] = ownNames()): string[] {
  if (origin !== undefined) return [new URL(origin).origin];
  const { hostname: host, port } = new URL(listens);
  const loopback = [...LOOPBACK].filter((name) => name !== "::1");
  const called = LOOPBACK.has(host) ? [host, ...loopback] : [...(ANY.has(host) ? names : [host]), ...loopback];
  return [...new Set(called.map((name) => `http://${name}:${port}`))];
}

/**
 * By which of them a request is answered: its own where it is one of them, else the usual one. Anybody may write any name into
 * a request's `Host`.
 */
export function ownOrigin(origins: readonly string[], url: string): string {
  const { origin } = new URL(url);
  return origins.includes(origin) ? origin : origins[0]!;
}
