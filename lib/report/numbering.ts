const CAPTION = /<b>(Table|Figure) (?:#|\d+)\./g;

/** Numbers tables and figures in the order in which they stand: which there are depends on the run. */
export function numbered(markup: string): string {
  const counts = { Table: 0, Figure: 0 };
  return markup.replaceAll(CAPTION, (_, kind: keyof typeof counts) => {
    counts[kind] += 1;
    return `<b>${kind} ${counts[kind]}.`;
  });
}
