/** An object with one value for each name, in the names' order. */
export const recordOf = <Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name, index: number) => Value,
): Record<Name, Value> =>
  Object.fromEntries(names.map((name, index) => [name, value(name, index)])) as Record<Name, Value>;
