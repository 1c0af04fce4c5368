import { format } from "node:util";
import { escapeLines } from "../../lib/domain/shown.ts";

/**
 * Shows what a file's name, a header or a cell holds instead of letting it move the cursor, name the window or hide text: all
 * that goes to standard output, and all that is told by `console`. What draws on the terminal itself (lib/local/display)
 * escapes the texts that it is given.
 */
export function escapeOutput(): void {
  const write = process.stdout.write.bind(process.stdout) as (piece: unknown, ...more: unknown[]) => boolean;
  process.stdout.write = (piece: unknown, ...more: unknown[]) =>
    write(typeof piece === "string" ? escapeLines(piece) : piece, ...more);
  for (const name of ["error", "warn"] as const) {
    const tell = console[name].bind(console);
    console[name] = (...told: unknown[]) => tell(escapeLines(format(...told)));
  }
}
