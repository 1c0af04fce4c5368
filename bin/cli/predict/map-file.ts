import { realpath } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Observation } from "../../../lib/domain/observations.ts";

/** Holds the maps of films that do not lie beside the folder of maps or below. */
const FROM_ROOT = "root";

/**
 * Where a film's heat map is written: by the film's path from the folder that the folder of maps is in; by its whole path, below
 * `root`, where it lies elsewhere. No two films have the same, whichever call they are named in.
 * @param folder of maps, which is there
 */
export async function mapFile(folder: string, film: string, observation: Observation): Promise<string> {
  const whole = resolve(film);
  const near = relative(dirname(await realpath(folder)), whole);
  const [first] = near.split("/");
  const place = first === ".." || first === FROM_ROOT ? join(FROM_ROOT, whole) : near;
  return join(folder, `${place}.${observation.toLowerCase().replaceAll(" ", "-")}.png`);
}
