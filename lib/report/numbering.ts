const CAPTION = /<b>(Table|Figure) #([a-z-]*)\./g;
const REFERENCE = /\b(table|figure) #([a-z-]+)/gi;

/**
 * Numbers tables and figures in the order in which they stand: which there are depends on the run. A caption that is
 * referred to has a name, `Table #figures.`, by which text may call it anywhere: `table #figures`.
 */
export function numbered(markup: string): string {
  const counts = { Table: 0, Figure: 0 };
  const named = new Map<string, number>();
  const captioned = markup.replaceAll(CAPTION, (_, kind: keyof typeof counts, name: string) => {
    counts[kind] += 1;
    if (name !== "") named.set(`${kind} ${name}`.toLowerCase(), counts[kind]);
    return `<b>${kind} ${counts[kind]}.`;
  });
  return captioned.replaceAll(REFERENCE, (_, kind: string, name: string) => {
    const number = named.get(`${kind} ${name}`.toLowerCase());
    if (number === undefined) throw new Error(`the report refers to ${kind} #${name}, which it does not have`);
    return `${kind} ${number}`;
  });
}
