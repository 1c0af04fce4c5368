import type { Store } from "../../lib/store/store.ts";

/** The object that says that a folder is complete. */
export const MARKER = "_SUCCESS";

/** Folders of data sets stand at the top, or in one folder of several, as `SITE/DATA-SET`. */
const DEEPEST = 2;

/** A folder that holds more folders than this holds patients, not data sets. */
const MOST_TOGETHER = 1000;

/** Complete data sets, found by their markers and the names of folders: what is in a data set is not listed. */
export async function* markedFolders(incoming: Store, folder = "", depth = 1): AsyncGenerator<string> {
  const inside: string[] = [];
  for await (const name of incoming.folders(folder)) {
    inside.push(name);
    if (depth > 1 && inside.length > MOST_TOGETHER) return;
  }
  for (const name of inside) {
    if ((await incoming.head(`${name}/${MARKER}`)) !== undefined) yield name;
    else if (depth < DEEPEST) yield* markedFolders(incoming, name, depth + 1);
  }
}
