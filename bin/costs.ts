import { writeFile } from "node:fs/promises";
import { costsPage } from "./costs/page.ts";
import { readPrices } from "./costs/prices.ts";
import { program } from "./program.ts";

/** Writes docs/costs.md anew and shows it; where a file has other prices, shows what it costs at those. */
await program(async () => {
  const [file] = process.argv.slice(2);
  const page =
    file === undefined ? costsPage() : costsPage(readPrices(file), `In US dollars, at the prices in \`${file}\`.`);
  if (file === undefined) await writeFile(new URL("../docs/costs.md", import.meta.url), page);
  process.stdout.write(page);
});
