import type { UnderstoodFolder } from "../contracts/inspection.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import type { DataFiles } from "./data-files.ts";
import type { Manifest } from "./film-columns.ts";
import type { FolderFilms } from "./manifest.ts";
import { countFilms } from "./missing-films.ts";

/** Films that no column and no folder of their path gives a patient. */
export const ownPatients = ({ patient, path }: Manifest): number =>
  patient.filter((id, row) => id === path[row]).length;

/** What the files of a folder were taken for, for people to see whether it is what they meant. */
export function understoodFolder(
  { beside, passedOver }: DataFiles,
  found: FolderFilms,
  views: RunConfig["views"],
): UnderstoodFolder {
  const { there, absent } = countFilms(found, views);
  return {
    forms: found.files.map(({ file, format: { name, reads = {} } }) => ({
      file: file.name,
      form: name,
      columns: { ...reads },
    })),
    films: { there, missing: absent.length },
    ownPatients: ownPatients(found.manifest),
    beside,
    passedOver,
  };
}
