import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { prepareFilms } from "../../../lib/data/prepare-films.ts";
import { random } from "../../../lib/domain/random.ts";
import { resizeToSquare } from "../../../lib/engine/resize.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { dicomFile } from "../imaging/dicom-file.ts";

const geometry = { size: 32, fit: "pad", resize: "antialias" } as const;

describe("preparing films", () => {
  test("of any format that the door reads gives the pixels that serving would see", async () => {
    const next = random(1, "formats");
    const data = Uint8Array.from({ length: 50 * 40 }, () => 256 * next());
    const picture = sharp(data, { raw: { width: 50, height: 40, channels: 1 } }).toColourspace("b-w");
    const files = {
      "film.tiff": await picture.clone().tiff({ compression: "lzw" }).toBuffer(),
      "film.webp": await picture.clone().webp({ lossless: true }).toBuffer(),
      "film.png": await picture.clone().png().toBuffer(),
      "film.dcm": dicomFile({ width: 50, height: 40, values: data, bitsAllocated: 8, bitsStored: 8 }),
    };
    const store = new MemoryStore("memory://films");
    for (const [name, bytes] of Object.entries(files)) await store.put(name, bytes);
    await store.put("film.gif", Buffer.from("GIF89a"));
    const names = [...Object.keys(files), "film.gif", "film.none"];
    const pixels = new Uint8Array(names.length * 1024);
    const tasks = names.map((film, row) => ({ row, film }));
    const prepared = await prepareFilms(store, tasks, geometry, pixels);
    expect(prepared.films.map(({ row }) => row)).toEqual([0, 1, 2, 3]);
    expect(prepared.refused.map(({ row, code }) => [row, code])).toEqual([
      [4, "film-format"],
      [5, "film-missing"],
    ]);
    for (const [i, bytes] of Object.values(files).entries()) {
      const served = resizeToSquare((await readFilm(bytes)).image, geometry);
      expect(pixels.subarray(i * 1024, (i + 1) * 1024), names[i]).toEqual(served);
    }
  });
});
