import { exitCodeOf, tellError } from "./cli/errors.ts";
import { createProgram } from "./cli/program.ts";
import { escapeOutput } from "./cli/terminal.ts";

escapeOutput();

// A reader that has seen enough (`| head`) closes its end; that is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  const program = createProgram();
  // Without a command there is nothing wrong, and help is what is wanted.
  if (process.argv.length === 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  tellError(error);
  process.exitCode = exitCodeOf(error);
}
