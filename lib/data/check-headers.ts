import type { RunRequest } from "../contracts/run.ts";
import { openStore } from "../store/open.ts";
import { readCsv, readCsvHeader } from "./csv.ts";
import { readMappings } from "./mappings.ts";
import { roleOf, unknownForm } from "./sources/formats.ts";

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/**
 * Whether the first row of each CSV file has the columns of a kind that is known; reads no further.
 * @throws InputError `csv` naming the file and what its header lacks
 */
export async function checkHeaders({
  data: dataUri,
  csv,
  beside = [],
  config,
}: Pick<RunRequest, "data" | "csv" | "beside" | "config">): Promise<void> {
  const data = openStore(dataUri);
  const mappings = await readMappings(data, beside, config.data.columns);
  for (const file of csv) {
    const header = await readCsvHeader(file, data.stream(file));
    const mapping = mappings(file);
    const role = roleOf(header, mapping);
    if (role === undefined) throw unknownForm(file, header, mapping);
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
