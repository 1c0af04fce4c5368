import { openStore } from "../store/open.ts";
import { readCsv, readCsvHeader } from "./csv.ts";
import { chexpert } from "./sources/chexpert.ts";
import { roleOf } from "./sources/formats.ts";

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/**
 * Whether the first row of each CSV file has the columns of a kind that is known; reads no further.
 * @throws InputError `csv` naming the file and what its header lacks
 */
export async function checkHeaders(dataUri: string, files: readonly string[]): Promise<void> {
  const data = openStore(dataUri);
  for (const file of files) {
    const header = await readCsvHeader(file, data.stream(file));
    const role = roleOf(header) ?? { format: chexpert, holds: "films" };
    const { columns, aliases } = role.holds === "labels" ? role.format.labels! : role.format;
    const row = Buffer.from(header.map(quoted).join(","));
    await readCsv(
      file,
      (async function* () {
        yield row;
      })(),
      columns,
      () => {},
      { aliases },
    );
  }
}
