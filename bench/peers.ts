/** Installs what `bench` measures beside us: `npm run bench:peers`. Prints the folders. */
import { fileURLToPath } from "node:url";
import { pythonPackages } from "../test/python.ts";
import { onnxRuntimeFolder } from "./onnx-runtime-package.ts";

const requirements = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

console.log(await pythonPackages(requirements("requirements.txt")));
console.log(await pythonPackages(requirements("predict/requirements.txt")));
console.log(await onnxRuntimeFolder());
