/** Source of the films that readers sent to the service with labels of their own; the first folder of their paths. */
export const READERS_SOURCE = "feedback";

/**
 * Whether a source, perhaps within a folder of several, is readers' own. Whoever may send films and labels must not choose
 * what models are judged by: such films are learned from, and never form a test set that decides.
 */
export const isReadersSource = (source: string): boolean => source.split("/").at(-1) === READERS_SOURCE;
