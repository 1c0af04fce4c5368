import type * as z from "zod";
import { shown } from "../domain/shown.ts";

/** Whoever sent more faults than this reads no further. */
const MOST_ISSUES = 10;

/**
 * What does not fit a schema, in one sentence of bounded length.
 * @param root what the whole is called @param unknown what is said of a key that the schema has not
 */
export function tellIssues({ issues }: z.ZodError, root: string, unknown = "not known here"): string {
  const faults: string[] = [];
  let all = 0;
  for (const issue of issues) {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
    all += keys.length;
    for (const key of keys.slice(0, MOST_ISSUES - faults.length)) {
      const place = [...issue.path, ...(key === undefined ? [] : [key])].map(String).join(".");
      const what = key === undefined ? issue.message.replace(/^Invalid input: /, "") : unknown;
      faults.push(`${place === "" ? root : shown(place)}: ${shown(what)}`);
    }
  }
  return [...faults, ...(all > faults.length ? [`and ${all - faults.length} more`] : [])].join("; ");
}
