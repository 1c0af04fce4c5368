import { writeFile } from "node:fs/promises";
import { InputError } from "../lib/domain/errors.ts";
import { costsPage } from "./costs/page.ts";
import { readPrices } from "./costs/prices.ts";

/** Writes docs/costs.md anew and shows it; where a file has other prices, shows what it costs at those. */
const [file] = process.argv.slice(2);
try {
  const page =
    file === undefined ? costsPage() : costsPage(readPrices(file), `In US dollars, at the prices in \`${file}\`.`);
  if (file === undefined) await writeFile(new URL("../docs/costs.md", import.meta.url), page);
  process.stdout.write(page);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
