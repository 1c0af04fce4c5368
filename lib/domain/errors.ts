/**
 * The kind of an error decides what happens next: the exit code here, the HTTP status in functions/api.
 * A message says where, what and what was expected: `train.csv line 12: 13 labels, expected 14`.
 */
export const EXIT = { done: 0, bug: 1, input: 64, temporary: 75 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Base of every error that a user may read. `code` is stable, kebab-case, for programs. */
export abstract class HilumError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The input is wrong; trying again gives the same. */
export class InputError extends HilumError {
  override readonly exitCode = EXIT.input;
}

/** Trying again later may succeed: a full disk, a throttled service, a stop on request. */
export class TemporaryError extends HilumError {
  override readonly exitCode = EXIT.temporary;
}

const codes = (exitCode: ExitCode, ...names: string[]): [string, ExitCode][] => names.map((name) => [name, exitCode]);

/** What errors of the operating system, its disks and its network mean by their code; any other is our bug. */
const EXIT_OF_CODE = new Map([
  // They pass by themselves, by making room, or elsewhere.
  ...codes(EXIT.temporary, "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EIO", "ESTALE"),
  ...codes(EXIT.temporary, "ECONNRESET", "ETIMEDOUT", "EPIPE"),
  // A place that may not be read or written.
  ...codes(EXIT.input, "EACCES", "EPERM", "EROFS"),
]);

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** What Node's errors of calls to the system have. */
interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
}

/** A folder for temporary files that is not there, or is none: whoever set it can set another. */
function noTemporaryFolder({ code, syscall, path }: SystemError): ErrorReport | undefined {
  if (syscall !== "mkdtemp" || (code !== "ENOENT" && code !== "ENOTDIR")) return undefined;
  const message = `${String(path)}: no temporary folder can be made there (${code}); make the folder above it, or set TMPDIR to another`;
  return { code: "no-temporary-folder", message, exitCode: EXIT.input };
}

/** Code of an error of the system that says nothing of what was asked; undefined for any other. */
export function systemCodeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as SystemError;
  return typeof code === "string" && EXIT_OF_CODE.has(code) && !(error instanceof HilumError) ? code : undefined;
}

/** What to tell of any thrown value. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof HilumError) {
    return { code: error.code, message: error.message, exitCode: error.exitCode };
  }
  const lacking = noTemporaryFolder((error ?? {}) as SystemError);
  if (lacking !== undefined) return lacking;
  const message = error instanceof Error ? error.message : String(error);
  const systemCode = String((error as SystemError | null)?.code);
  const exitCode = EXIT_OF_CODE.get(systemCode);
  if (exitCode !== undefined) return { code: systemCode.toLowerCase(), message, exitCode };
  return { code: "internal", message, exitCode: EXIT.bug };
}

/** An error made again from its report, as it crosses threads and processes, which keep no classes. */
export function errorFromReport({
  code,
  message,
  exitCode,
  stack,
}: ErrorReport & { readonly stack?: string | undefined }): Error {
  const kinds = { [EXIT.input]: InputError, [EXIT.temporary]: TemporaryError } as const;
  const known = exitCode === EXIT.input || exitCode === EXIT.temporary;
  const error = known ? new kinds[exitCode](code, message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
