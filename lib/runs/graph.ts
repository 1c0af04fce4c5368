import type { Definition, State } from "../workflow/asl.ts";

/** How a state leads to another: what follows, what a Choice may take, where an error goes. */
export type EdgeKind = "next" | "choice" | "catch";

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

/** A state's place in the drawing: rows from the start downwards, columns from the left; both from 0. */
export interface Place {
  readonly state: string;
  readonly row: number;
  readonly column: number;
}

const EXITS: { readonly [Type in State["Type"]]: (state: Extract<State, { Type: Type }>) => [EdgeKind, string][] } = {
  Task: ({ Next, Catch }) => [["next", Next], ...Catch.map(({ Next: to }): [EdgeKind, string] => ["catch", to])],
  Choice: ({ Choices, Default }) => [
    ["choice", Default],
    ...Choices.map(({ Next }): [EdgeKind, string] => ["choice", Next]),
  ],
  Pass: ({ Next }) => [["next", Next]],
  Succeed: () => [],
  Fail: () => [],
};

/** Every way from a state to another, in the order of the definition. */
export const edgesOf = ({ States }: Definition): Edge[] =>
  Object.entries(States).flatMap(([from, state]) =>
    (EXITS[state.Type] as (state: State) => [EdgeKind, string][])(state).map(([kind, to]) => ({ from, to, kind })),
  );

/**
 * Where to draw each state: a row below all that lead to it; beside each other in the order of the definition. What
 * errors alone lead to stands in columns of its own, on the right and at the end.
 */
export function placesOf(definition: Definition): Place[] {
  const edges = edgesOf(definition);
  const way = edges.filter(({ kind }) => kind !== "catch");
  const rows = rowsFrom([definition.StartAt], way, 0);
  const last = Math.max(...rows.values());
  const columns = widest(rows);
  const onError = Object.keys(definition.States).filter((state) => !rows.has(state));
  const entries = onError.filter((state) => edges.some(({ from, to }) => to === state && rows.has(from)));
  const errorRows = rowsFrom(
    entries,
    edges.filter(({ from }) => onError.includes(from)),
    Math.max(0, last - 1),
  );
  return [...placesIn(rows, 0), ...placesIn(errorRows, columns)];
}

/** Length of the longest way to each state. The definition has no circles. */
function rowsFrom(starts: readonly string[], edges: readonly Edge[], first: number): Map<string, number> {
  const rows = new Map<string, number>();
  const visit = (state: string, row: number): void => {
    if ((rows.get(state) ?? -1) >= row) return;
    rows.set(state, row);
    for (const { from, to } of edges) if (from === state) visit(to, row + 1);
  };
  for (const start of starts) visit(start, first);
  return rows;
}

const widest = (rows: ReadonlyMap<string, number>): number =>
  Math.max(...[...rows.values()].map((row) => [...rows.values()].filter((other) => other === row).length));

function placesIn(rows: ReadonlyMap<string, number>, firstColumn: number): Place[] {
  const taken = new Map<number, number>();
  return [...rows].map(([state, row]) => {
    const column = taken.get(row) ?? firstColumn;
    taken.set(row, column + 1);
    return { state, row, column };
  });
}
