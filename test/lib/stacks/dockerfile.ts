/**
 * Files of the build's context that a target of a Dockerfile takes, with those of every stage it is made from.
 * @param args values of the build arguments that stand in FROM lines
 */
export function copiedFiles(dockerfile: string, target: string, args: Readonly<Record<string, string>>): string[] {
  const filled = dockerfile.replace(/\\\n/g, " ").replace(/\$\{(\w+)\}/g, (all, name: string) => args[name] ?? all);
  const stages = new Map(
    filled.split(/^(?=FROM )/m).flatMap((text) => {
      const [, from, name] = /^FROM (\S+) AS (\S+)/.exec(text) ?? [];
      return name === undefined ? [] : [[name, { from: from!, text }] as const];
    }),
  );
  const files = new Set<string>();
  const visit = (name: string): void => {
    const stage = stages.get(name);
    if (stage === undefined) return;
    stages.delete(name);
    visit(stage.from);
    for (const [, source, copied] of stage.text.matchAll(/^COPY (?:--from=(\S+) )?(.+)$/gm)) {
      if (source !== undefined) visit(source);
      else for (const file of copied!.trim().split(/\s+/).slice(0, -1)) files.add(file);
    }
  };
  if (!stages.has(target)) throw new Error(`no target ${target} in the Dockerfile`);
  visit(target);
  return [...files];
}
