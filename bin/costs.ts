import { writeFile } from "node:fs/promises";
import { costsPage } from "./costs/page.ts";

/** Writes docs/costs.md anew and shows it. */
const page = costsPage();
await writeFile(new URL("../docs/costs.md", import.meta.url), page);
process.stdout.write(page);
