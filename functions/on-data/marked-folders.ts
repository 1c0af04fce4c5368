import type { InputError } from "../../lib/domain/errors.ts";
import { faultOfKey } from "../../lib/store/key.ts";
import type { Store } from "../../lib/store/store.ts";

/** The object that says that a folder is complete. */
export const MARKER = "_SUCCESS";

/** Folders of data sets stand at the top, or in folders of several, as `SITE/YEAR/DATA-SET`. */
const DEEPEST = 8;

/** A folder that holds more folders than this holds patients, not data sets. */
const MOST_TOGETHER = 1000;

/** Folders below the second that one look goes into, those nearest to the top first: the rest are patients too. */
const MOST_DEEP = 5000;

/** A folder that is complete, or one whose name can't be a data set's; nothing in that is looked at. */
export interface FoundFolder {
  readonly folder: string;
  readonly fault?: InputError;
}

/** What an event or a listing names. @param incoming where it lies */
export function foundFolder(incoming: Store, folder: string): FoundFolder {
  const fault = faultOfKey(incoming.uri, `${folder}/${MARKER}`);
  return { folder, ...(fault !== undefined && { fault }) };
}

/** Complete data sets, found by their markers and the names of folders: what is in a data set is not listed. */
export async function* markedFolders(incoming: Store): AsyncGenerator<FoundFolder> {
  let level: string[] = [""];
  let deep = 0;
  for (let depth = 1; depth <= DEEPEST && level.length > 0; depth += 1) {
    const unmarked: string[] = [];
    for (const folder of level) {
      if (depth > 2 && ++deep > MOST_DEEP) return;
      for (const name of await foldersIn(incoming, folder)) {
        const found = foundFolder(incoming, name);
        if (found.fault !== undefined || (await incoming.head(`${name}/${MARKER}`)) !== undefined) yield found;
        else unmarked.push(name);
      }
    }
    level = unmarked;
  }
}

/** None where there are too many, save at the top. */
async function foldersIn(incoming: Store, folder: string): Promise<string[]> {
  const inside: string[] = [];
  for await (const name of incoming.folders(folder)) {
    inside.push(name);
    if (folder !== "" && inside.length > MOST_TOGETHER) return [];
  }
  return inside;
}
