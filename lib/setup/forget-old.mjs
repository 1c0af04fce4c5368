import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days after which an engine goes that no set-up has asked for; what a killed set-up was building goes sooner. */
const KEPT_DAYS = [
  { beginning: ".building-", days: 1 },
  { beginning: "", days: 60 },
];

/**
 * Marks an engine as in use, and removes those that nobody has used for long: each takes most of a gigabyte.
 * @param {string} engines folder of the cache
 * @param {string} used name of the engine in use
 */
export async function forgetOld(engines, used, now = Date.now()) {
  await utimes(join(engines, used), new Date(now), new Date(now));
  for (const name of await readdir(engines)) {
    const { days } = KEPT_DAYS.find(({ beginning }) => name.startsWith(beginning)) ?? {
      days: Number.POSITIVE_INFINITY,
    };
    const folder = join(engines, name);
    // Another set-up may remove it first.
    const changed = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - changed > days * DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}
