import { exitCodeOf, tellError } from "./cli/errors.ts";
import { createProgram } from "./cli/program.ts";

try {
  await createProgram().parseAsync();
} catch (error) {
  tellError(error);
  process.exitCode = exitCodeOf(error);
}
