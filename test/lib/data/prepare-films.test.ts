import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { Links } from "../../../lib/contracts/run-config.ts";
import { prepareFilms } from "../../../lib/data/prepare-films.ts";
import { squareReader } from "../../../lib/data/read-square.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import type { ReaderPool } from "../../../lib/imaging/reader/reader-pool.ts";
import { ProcessEnded } from "../../../lib/parallel/call-process.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { openStore } from "../../../lib/store/open.ts";
import { dicomFile } from "../imaging/dicom-file.ts";
import { asSharp, drawnFilm } from "../imaging/films.ts";
import { codeOf, served } from "../imaging/served.ts";

const geometry = { size: 32, fit: "pad", resize: "antialias" } as const;
const squares = squareReader();
afterAll(() => squares.close());

const drawn = drawnFilm(50, 60);
const { width, height, data } = drawn;
const grey = () => asSharp(drawn);

/** As preparation takes them from a store: what each file came to, in its order. */
async function prepared(files: Readonly<Record<string, Uint8Array>>) {
  const store = new MemoryStore("memory://films");
  for (const [name, bytes] of Object.entries(files)) await store.put(name, bytes);
  const names = Object.keys(files);
  const pixels = new Uint8Array(names.length * geometry.size ** 2);
  const tasks = names.map((film, row) => ({ row, film }));
  const { films, refused } = await prepareFilms({ store, links: "inside" }, tasks, geometry, pixels, squares.read);
  return names.map((_, row) => {
    const aside = refused.find((film) => film.row === row);
    if (aside !== undefined) return aside.code;
    const { place, width, height, warnings } = films.find((film) => film.row === row)!;
    return { square: pixels.slice(place * 1024, (place + 1) * 1024), width, height, warnings };
  });
}

describe("preparing films", () => {
  test("of any format that the door reads gives the pixels that serving would see, and the same refusals", async () => {
    const files = {
      "film.jpg": await grey().jpeg().toBuffer(),
      "film.tiff": await grey().tiff({ compression: "lzw" }).toBuffer(),
      "film.webp": await grey().webp({ lossless: true }).toBuffer(),
      "film.png": await grey().png().toBuffer(),
      "film.dcm": dicomFile({ width, height, values: data as Uint8Array, bitsAllocated: 8, bitsStored: 8 }),
      "film.gif": Buffer.from("GIF89a"),
      "film.none": Buffer.alloc(0),
      "black.png": await sharp({ create: { width: 60, height: 60, channels: 3, background: "#000" } })
        .png()
        .toBuffer(),
    };
    const outcomes = await prepared(files);
    expect(outcomes.slice(5)).toEqual(["unsupported-media", "film-empty", "no-signal"]);
    for (const [i, bytes] of Object.values(files).entries()) {
      expect(outcomes[i], Object.keys(files)[i]).toEqual(await served(bytes, geometry));
    }
  });
});

test("a film to which a link leads out of the folder is read where links are followed, and told how otherwise", async () => {
  const [folder, elsewhere] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "hilum-links-"))));
  onTestFinished(async () => {
    for (const path of [folder!, elsewhere!]) await rm(path, { recursive: true });
  });
  await writeFile(join(elsewhere!, "film.jpg"), await grey().jpeg().toBuffer());
  await symlink(join(elsewhere!, "film.jpg"), join(folder!, "film.jpg"));
  const store = openStore(pathToFileURL(folder!).href);
  const prepare = (links: Links) =>
    prepareFilms({ store, links }, [{ row: 0, film: "film.jpg" }], geometry, new Uint8Array(1024), squares.read);
  const [{ refused }, { films }] = [await prepare("inside"), await prepare("follow")];
  expect(refused).toMatchObject([{ code: "film-missing", reason: expect.stringContaining("--follow-links") }]);
  expect(films).toMatchObject([{ row: 0, width, height }]);
});

describe("a film whose reader ends or stalls", () => {
  const square = new Uint8Array(1024);
  const size = { width: 50, height: 60 };
  const killed = () => new ProcessEnded("SIGKILL", "SIGKILL");
  const late = () => new TemporaryError("predictor-timeout", "the film took longer than 600 s and was given up");
  const damaged = () => new InputError("film-damaged", "the film's decoder failed on it");

  /** What becomes of a film whose reader fails so, one time after the other, and reads it then. */
  async function outcomeOf(...faults: Error[]): Promise<string> {
    const png = await grey().png().toBuffer();
    const read = async () => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      return { size, pixels: new Uint8Array(1024).fill(3), warnings: [] };
    };
    const pool = { withReader: (use: (reader: { read: typeof read }) => unknown) => use({ read }) };
    return squareReader(() => pool as unknown as ReaderPool)
      .read(png, geometry, square)
      .then(() => `read ${square[0]}`, codeOf);
  }

  test("is read again where the system ended it once, and is at fault the second time", async () => {
    expect(await outcomeOf(killed())).toBe("read 3");
    expect(await outcomeOf(killed(), killed())).toBe("film-damaged");
    expect(await outcomeOf(killed(), late())).toBe("film-too-slow");
  });

  test("is set aside at once where the fault is its own", async () => {
    expect(await outcomeOf(damaged())).toBe("film-damaged");
    expect(await outcomeOf(late())).toBe("film-too-slow");
  });
});
