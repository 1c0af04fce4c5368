/** What an act expects; its message is the act's failure. */
export function must(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}
