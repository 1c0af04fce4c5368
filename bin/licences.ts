import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "./cli/places.ts";

const LockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), license: z.string().optional(), dev: z.boolean().optional() }),
  ),
});

/** Licences under which a package may be shipped with this project, Apache-2.0 itself; a new one is a decision. */
const ACCEPTED = new Set([
  ...[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
  ],
  ...["NIST-Software", "Python-2.0", "Unlicense", "Zlib"],
  // libvips, which sharp loads as a library of its own.
  "LGPL-3.0-or-later",
]);

/** Packages that point at a text instead of naming a licence; the text was read. */
const READ: Readonly<Record<string, string>> = { h5wasm: "NIST-Software" };

const PLATFORM =
  /[-/](?:darwin|linux|linuxmusl|win32|android|freebsd|netbsd|openbsd|sunos|aix|openharmony)-?[a-z0-9-]*$/;

/** Whether an SPDX expression can be met by accepted licences alone: one side of each OR, both of each AND. */
export const isAccepted = (expression: string): boolean =>
  expression
    .replace(/^\((.*)\)$/, "$1")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((licence) => ACCEPTED.has(licence)));

/** Licences of the packages in the lock file that are not for development alone, each with its packages by name. */
export function shippedLicences(lockFile = join(ROOT, "package-lock.json")): ReadonlyMap<string, readonly string[]> {
  const { packages } = LockFile.parse(JSON.parse(readFileSync(lockFile, "utf8")));
  const found = new Map<string, Set<string>>();
  for (const [path, { license = "none told", dev = false }] of Object.entries(packages)) {
    if (path === "" || dev) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length).replace(PLATFORM, "-*");
    const licence = READ[name] ?? license;
    found.set(licence, (found.get(licence) ?? new Set()).add(name));
  }
  return new Map([...found].sort().map(([licence, names]) => [licence, [...names].sort()]));
}
