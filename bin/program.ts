import { InputError } from "../lib/domain/errors.ts";

/** A program's work; wrong input ends it with a sentence and 64, anything else as it comes. */
export async function program(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
