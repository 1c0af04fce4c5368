import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dcmjsCodecs from "dcmjs-codecs";
import { openReaderPool, type ReaderPool } from "../../lib/imaging/reader/reader-pool.ts";
import { compress, LOSSLESS } from "../../test/lib/imaging/compressed.ts";
import { dicomFile, type Picture, SYNTAX } from "../../test/lib/imaging/dicom-file.ts";
import { asSharp, drawnFilm } from "../../test/lib/imaging/films.ts";
import { type Drill, must } from "../drill.ts";
import { mutate } from "../fuzz/mutate.ts";
import { mulberry32 } from "../random.ts";

const GEOMETRY = { size: 112, fit: "pad", resize: "antialias" } as const;
/** Milliseconds; only a reader that waits for ever gets there. */
const WALL = 60_000;
/** Seconds of a busy machine in which any of these small files is refused or read. */
const LONG_SECONDS = 20;

/** Files by the decoder that they are for: a whole file, or the compressed frame of one. */
interface Subject {
  readonly sound: Buffer;
  /** The file around a frame that was changed. */
  readonly wrap: (frame: Buffer) => Buffer;
}

const asItIs = (frame: Buffer): Buffer => frame;

/** A small film for every decoder. */
async function subjects(): Promise<Readonly<Record<string, Subject>>> {
  await dcmjsCodecs.NativeCodecs.initializeAsync();
  const drawn = drawnFilm(80, 96);
  const { width, height, data } = drawn;
  const eight: Picture = { width, height, bitsAllocated: 8, bitsStored: 8, values: data };
  const twelve: Picture = {
    ...eight,
    bitsAllocated: 16,
    bitsStored: 12,
    values: Uint16Array.from(data, (v) => v * 16),
  };
  const inside = (film: Picture, syntax: string, frame: Buffer): Subject => ({
    sound: frame,
    wrap: (changed) => dicomFile(film, { syntax, fragments: [changed] }),
  });
  const picture = () => asSharp(drawn);
  const rasters = {
    png: await picture().png().toBuffer(),
    "progressive-jpeg": await picture().jpeg({ progressive: true }).toBuffer(),
    jpeg: await picture().jpeg().toBuffer(),
    tiff: await picture().tiff({ compression: "lzw" }).toBuffer(),
    webp: await picture().webp({ lossless: true }).toBuffer(),
    dicom: dicomFile(twelve),
    "deflated-dicom": dicomFile(twelve, { syntax: SYNTAX.deflated }),
  };
  return {
    ...Object.fromEntries(Object.entries(rasters).map(([name, sound]) => [name, { sound, wrap: asItIs }])),
    "dicom-jpeg": inside(eight, SYNTAX.jpegBaseline, rasters.jpeg),
    ...Object.fromEntries(
      LOSSLESS.map(([syntax, encode, parameters]) => [
        `dicom-${syntax}`,
        inside(twelve, SYNTAX[syntax], compress(twelve, encode, parameters)),
      ]),
    ),
  };
}

/** What came of a file: `read`, or the code of its refusal. */
const outcomeOf = (pool: ReaderPool, file: Buffer): Promise<string> =>
  pool
    .withReader((reader) => reader.read(file, GEOMETRY))
    .then(
      () => "read",
      (error: { code?: string; exitCode?: number; message: string }) => {
        must(error.exitCode === 64, `${error.code}: ${error.message}`);
        return error.code!;
      },
    );

/** The ids of the readers, which change where one hung or crashed. */
const readersOf = async (pool: ReaderPool): Promise<string> =>
  (await pool.vitals())
    .map(({ process }) => process)
    .sort()
    .join();

/** Every decoder, so many files each that were changed somewhere: read or refused, and what hangs or crashes is counted and kept. */
export const decoders: Drill = {
  rounds: 100,
  async run({ rounds, seed }) {
    const all = Object.entries(await subjects());
    const others = all.map(([, { sound }]) => sound);
    const pool = openReaderPool({ wall: WALL });
    const failures: string[] = [];
    const ended: string[] = [];
    let read = 0;
    for (const [name, { sound, wrap }] of all) {
      must((await outcomeOf(pool, wrap(sound))) === "read", `${name}: the sound film is not read`);
      let before = await readersOf(pool);
      for (let round = 0; round < rounds; round += 1) {
        const file = wrap(mutate(sound, mulberry32(seed * 1_000_003 + round), others));
        const begin = performance.now();
        const outcome = await outcomeOf(pool, file).catch((error: Error) => {
          failures.push(`${name} ${round} of seed ${seed}: ${error.message}`);
          return "failed";
        });
        if (outcome === "read") read += 1;
        const seconds = (performance.now() - begin) / 1000;
        if (seconds > LONG_SECONDS) failures.push(`${name} ${round} of seed ${seed}: ${seconds.toFixed(1)} s`);
        const now = await readersOf(pool);
        if (now === before) continue;
        const kept = join(tmpdir(), `hilum-decoders-${name}-${seed}-${round}`);
        await writeFile(kept, file);
        ended.push(`${name} ${round} (${outcome})`);
        before = now;
      }
      must((await outcomeOf(pool, wrap(sound))) === "read", `${name}: the sound film is not read afterwards`);
    }
    await pool.close();
    const told =
      ended.length === 0 ? "no reader ended" : `${ended.length} readers ended: ${ended.slice(0, 5).join("; ")}`;
    return { failures, figure: `${all.length} decoders, ${read} of ${all.length * rounds} files read; ${told}` };
  },
};
