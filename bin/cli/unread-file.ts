/** Reasons of the operating system, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "a folder, expected a file",
  EACCES: "may not be read",
};

/** Why a file could not be read. */
export const whyUnread = (cause: unknown): string =>
  REASONS[(cause as NodeJS.ErrnoException).code ?? ""] ?? (cause as Error).message;
