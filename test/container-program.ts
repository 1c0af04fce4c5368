import { fileURLToPath } from "node:url";
import { loaderArguments, moduleBeside } from "../lib/parallel/program-modules.ts";

/** What Node is told to run the program of a container, as the state machine here does. */
export function containerProgram(container: "prepare" | "upsampler" | "trainer" | "evaluator"): string[] {
  const program = fileURLToPath(moduleBeside(`../containers/${container}/main.ts`, import.meta.url));
  return [...loaderArguments(program), program];
}
