import type { Definition, State } from "../workflow/asl.ts";

/** How a state leads to another: what follows, or what a Choice may take. */
export type EdgeKind = "next" | "choice";

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
  Task: ({ Next }) => [["next", Next]],
  Choice: ({ Choices, Default }) => [
    ["choice", Default],
    ...Choices.map(({ Next }): [EdgeKind, string] => ["choice", Next]),
  ],
  Pass: ({ Next }) => [["next", Next]],
  Succeed: () => [],
};

/** Every way from a state to another, in the order of the definition. */
export const edgesOf = ({ States }: Definition): Edge[] =>
  Object.entries(States).flatMap(([from, state]) =>
    (EXITS[state.Type] as (state: State) => [EdgeKind, string][])(state).map(([kind, to]) => ({ from, to, kind })),
  );

/** Where to draw each state: a row below all that lead to it, beside each other in the order of the definition. */
export function placesOf(definition: Definition): Place[] {
  const rows = rowsOf(definition);
  const taken = new Map<number, number>();
  return [...rows].map(([state, row]) => {
    const column = taken.get(row) ?? 0;
    taken.set(row, column + 1);
    return { state, row, column };
  });
}

/** Length of the longest way to each state. The definition has no circles. */
function rowsOf(definition: Definition): Map<string, number> {
  const edges = edgesOf(definition);
  const rows = new Map<string, number>();
  const visit = (state: string, row: number): void => {
    if ((rows.get(state) ?? -1) >= row) return;
    rows.set(state, row);
    for (const { from, to } of edges) if (from === state) visit(to, row + 1);
  };
  visit(definition.StartAt, 0);
  return rows;
}
