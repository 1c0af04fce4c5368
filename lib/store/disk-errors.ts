export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Whether a file is not there, or a folder is in its place. */
export const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(error) ?? "");
