/** A preparation of its own process: `memory.ts FOLDER FILMS`. Prints its peak memory in megabytes. */
import { filmNames, manifestOf } from "./films.ts";
import { peakMegabytes } from "./peak-memory.ts";
import { preparing } from "./preparing.ts";

const [folder = "", films = "0"] = process.argv.slice(2);
const names = filmNames(Number(films));
const job = preparing(folder, await manifestOf(names), "antialias");
await job.run(names.length);
await job.close();
console.log(peakMegabytes());
