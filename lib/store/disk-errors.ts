export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const MISSING = new Set<string | undefined>(["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "ELOOP"]);

/** Whether a file is not there, or a folder or a link to itself is in its place; of a name too long for the disk there is none. */
export const isMissing = (error: unknown): boolean => MISSING.has(codeOf(error));
