/** Source of the films that readers sent to the service with labels of their own; the first folder of their paths. */
export const READERS_SOURCE = "feedback";

/**
 * Whether a source, perhaps within a folder of several, is readers' own. Whoever may send films and labels must not choose
 * what models are judged by: such films are learned from, and never form a test set that decides.
 */
export const isReadersSource = (source: string): boolean => source.split("/").at(-1) === READERS_SOURCE;

/** Column of the CSV files of that source that says who sent a film. */
export const READER_COLUMN = "Reader";

/** What a reader is called by: a pseudonym, or one of those below. */
export const READER_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Whoever sends labels to a server without a log-in: nobody there can tell two people apart. */
export const LOCAL_READER = "local";

/** Whoever sent films before it was kept who did, and whoever a deployed service can't tell. They count as one reader. */
export const UNKNOWN_READER = "unknown";
