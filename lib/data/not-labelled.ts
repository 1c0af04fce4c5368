import type { NotLabelled } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { isLabel, NOT_LABELLED } from "../domain/label-policy.ts";
import { OBSERVATIONS, type Observation } from "../domain/observations.ts";
import type { Columns } from "./arrow-columns.ts";
import { quote } from "./csv.ts";
import type { LABEL_COLUMNS } from "./film-columns.ts";

/** Labels of films, and the source of each. */
type Labelled = Columns<typeof LABEL_COLUMNS> & { readonly source: readonly string[] };

/** Whether a configuration's name means a source: its own, or without the folder that holds it beside others. */
const isMeant = (name: string, source: string): boolean => source === name || source.endsWith(`/${name}`);

/** The same with NOT_LABELLED wherever a source does not label an observation. */
export function markNotLabelled<T extends Labelled>(columns: T, notLabelled: NotLabelled): T {
  const named = Object.entries(notLabelled);
  const sources = new Map(
    [...new Set(columns.source)].map((source) => [
      source,
      new Set(named.flatMap(([name, observations]) => (isMeant(name, source) ? observations : []))),
    ]),
  );
  const touched = new Set([...sources.values()].flatMap((names) => [...names]));
  const marked = [...touched].map((name) => [
    name,
    columns[name].map((label, row) => (sources.get(columns.source[row]!)?.has(name) ? NOT_LABELLED : label)),
  ]);
  return { ...columns, ...Object.fromEntries(marked) };
}

/** What no row of a source says anything of, by source: nobody looked for it there. */
export function neverLabelled(columns: Labelled): NotLabelled {
  const found = new Map<string, Set<Observation>>();
  for (const source of columns.source) if (!found.has(source)) found.set(source, new Set(OBSERVATIONS));
  for (const name of OBSERVATIONS) {
    const labels = columns[name];
    columns.source.forEach((source, row) => {
      if (isLabel(labels[row]!)) found.get(source)!.delete(name);
    });
  }
  return Object.fromEntries(
    [...found].flatMap(([source, names]) => (names.size === 0 ? [] : [[source, [...names]] as const])),
  );
}

/** @throws InputError `not-labelled` where a configuration names a source that the data have not */
export function requireSources({ source }: Labelled, notLabelled: NotLabelled): void {
  const there = new Set(source);
  for (const name of Object.keys(notLabelled)) {
    if ([...there].some((one) => isMeant(name, one))) continue;
    const expected = [...there].map(quote).join(", ");
    throw new InputError("not-labelled", `notLabelled: no source ${quote(name)} in the data, expected ${expected}`);
  }
}
