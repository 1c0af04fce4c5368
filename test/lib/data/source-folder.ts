import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { onTestFinished } from "vitest";
import type { Manifest } from "../../../lib/data/film-columns.ts";
import { readFolder } from "../../../lib/data/manifest.ts";
import { FILM_COLUMNS } from "../../../lib/data/sources/chexpert.ts";
import { random } from "../../../lib/domain/random.ts";
import type { Store } from "../../../lib/store/store.ts";

export const HEADER = FILM_COLUMNS.join(",");

/** Path of a film as CheXpert's CSV has it; the folder of the data set itself is its first segment. */
export const filmPath = (patient: number, study = 1, view = "view1_frontal"): string =>
  `sample/train/patient${String(patient).padStart(5, "0")}/study${study}/${view}.jpg`;

export const csvRow = (path: string, labels: readonly (string | number)[] = blankLabels(), more = {}): string => {
  const cells = { sex: "Female", age: "60", view: "Frontal", projection: "AP", ...more };
  return [path, cells.sex, cells.age, cells.view, cells.projection, ...labels].join(",");
};

export const blankLabels = (): (string | number)[] => new Array(14).fill("");

export interface SourceFolder {
  readonly path: string;
  readonly uri: string;
  write(file: string, content: string | Uint8Array): Promise<void>;
}

/** Every row of the CSV files of a folder; films that are not there where they would be. */
export const readManifest = async (data: Store, csv: readonly string[]): Promise<Manifest> =>
  (await readFolder(data, { csv: [...csv] })).manifest;

/** A folder that is removed after the test. */
export async function sourceFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<SourceFolder> {
  const path = await mkdtemp(join(tmpdir(), "hilum-source-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const write: SourceFolder["write"] = async (file, content) => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  };
  for (const [file, content] of Object.entries(files)) await write(file, content);
  return { path, uri: pathToFileURL(path).href, write };
}

/** A grey JPEG of its own for each number: waves, since noise is no film. */
export function film(number: number, width = 60, height = 50): Promise<Buffer> {
  const next = random(number, "film");
  const waves = Array.from({ length: 4 }, () => [15 * next(), 15 * next(), 6 * next()] as const);
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [across, down] = [(i % width) / width, Math.floor(i / width) / height];
    return 120 + waves.reduce((sum, [u, v, phase]) => sum + 28 * Math.sin(u * across + v * down + phase), 8 * next());
  });
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .jpeg()
    .toBuffer();
}

/** Where a film of the CSV lies in the folder. */
export const filmFile = (path: string): string => path.replace(/^sample\//, "");

/** A whole data set: `patients` with one or two films each, every label in turn. */
export async function dataSet(patients: number): Promise<SourceFolder & { readonly rows: string[] }> {
  const folder = await sourceFolder();
  const rows: string[] = [];
  for (let patient = 1; patient <= patients; patient += 1) {
    for (let study = 1; study <= 1 + (patient % 2); study += 1) {
      const path = filmPath(patient, study);
      const labels = Array.from({ length: 14 }, (_, k) => ["1.0", "0.0", "-1.0", ""][(patient + k) % 4]!);
      rows.push(csvRow(path, labels));
      await folder.write(filmFile(path), await film(100 * patient + study));
    }
  }
  await folder.write("train.csv", `${[HEADER, ...rows].join("\n")}\n`);
  return { ...folder, rows };
}
