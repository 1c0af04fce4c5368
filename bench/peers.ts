/** Installs the Python packages that `bench` measures beside us: `npm run bench:peers`. Prints their folder. */
import { fileURLToPath } from "node:url";
import { pythonPackages } from "../test/python.ts";

console.log(await pythonPackages(fileURLToPath(new URL("requirements.txt", import.meta.url))));
