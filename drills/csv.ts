/** Cells of a CSV text (RFC 4180), by rows. @throws where a quote is left open */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, quoted]: [string[], string, boolean] = [[], "", false];
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i]!;
    if (quoted && letter === '"' && text[i + 1] === '"') cell += text[++i];
    else if (letter === '"') quoted = !quoted;
    else if (quoted || !/[,\r\n]/.test(letter)) cell += letter;
    else if (letter === ",") endCell();
    else if (letter === "\n") {
      endCell();
      rows.push(row);
      row = [];
    }
  }
  if (quoted) throw new Error("ends within quotes");
  return rows;
}

/** What a spreadsheet takes for a formula (OWASP, CSV injection); a number may have a sign. */
const RUNS = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Cells that a spreadsheet would run. */
export const runningCells = (text: string): string[] =>
  parseCsv(text)
    .flat()
    .filter((cell) => RUNS.test(cell) && !Number.isFinite(Number(cell)));
