/** Other names that editions and tools give a column, by the name that is read here. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

/** A name but for case, spaces and signs. */
export const keyOf = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/**
 * A file's header with the names that are read here, where a column has another name or another spelling; columns that are
 * nobody's, and second ones for the same, keep theirs.
 */
export function renamed(header: readonly string[], columns: readonly string[], aliases: Aliases = {}): string[] {
  const absent = new Map(
    columns
      .filter((column) => !header.includes(column))
      .flatMap((column) => [column, ...(aliases[column] ?? [])].map((name) => [keyOf(name), column] as const)),
  );
  const taken = new Set<string>();
  return header.map((name) => {
    const column = absent.get(keyOf(name));
    if (column === undefined || taken.has(column)) return name;
    taken.add(column);
    return column;
  });
}
