import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "../../test/python.ts";
import { newFolder } from "../workshop.ts";

const PROGRAMS = fileURLToPath(new URL("../../test/lib/imaging/wrappings", import.meta.url));
const SOUND = ["same", "answered"];

/** One film as other libraries write it, in every way that is read: files by the end of their names. */
export async function soundFilms(kinds: readonly string[]): Promise<Readonly<Record<string, readonly Buffer[]>>> {
  const folder = await newFolder();
  const script = `import sys; sys.dont_write_bytecode = True; sys.path.insert(0, ${JSON.stringify(PROGRAMS)}); import write`;
  const written = await python<[string, string][]>(script, { folder }, "lib/imaging/wrappings/requirements.txt");
  const outcome = new Map(written);
  const names = (await readdir(folder)).filter((name) => SOUND.includes(outcome.get(name) ?? "")).sort();
  const films = kinds.map(async (kind) => {
    const own = names.filter((name) => name.endsWith(`.${kind}`));
    return [kind, await Promise.all(own.map((name) => readFile(join(folder, name))))] as const;
  });
  return Object.fromEntries(await Promise.all(films));
}
