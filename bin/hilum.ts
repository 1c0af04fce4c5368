import { exitCodeOf, tellError } from "./cli/errors.ts";
import { createProgram } from "./cli/program.ts";

// A reader that has seen enough (`| head`) closes its end; that is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await createProgram().parseAsync();
} catch (error) {
  tellError(error);
  process.exitCode = exitCodeOf(error);
}
