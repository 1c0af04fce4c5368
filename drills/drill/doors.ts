import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dcmjsCodecs from "dcmjs-codecs";
import { drawnFilm } from "../../test/lib/imaging/films.ts";
import { isSame, openDoors, told } from "../../test/lib/imaging/kinds/doors.ts";
import { JPEG } from "../../test/lib/imaging/kinds/jpeg.ts";
import { DICOM, NON_FILMS, TIFF_AND_WEBP } from "../../test/lib/imaging/kinds/others.ts";
import { PNG } from "../../test/lib/imaging/kinds/png.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import { mutate } from "../fuzz/mutate.ts";

const KINDS = [...PNG, ...JPEG, ...TIFF_AND_WEBP, ...DICOM, ...NON_FILMS];
const GEOMETRY = { size: 64, fit: "pad", resize: "antialias" } as const;
/** Plain JPEG files alone have a way of their own in preparation: so many of the rounds are theirs. */
const PLAIN_SHARE = 0.3;
const MUTATED_SHARE = 0.7;

/** A film in a kind of file, changed or not, at the doors of serving and of training: one picture, or one refusal. */
export const doors: Drill = {
  rounds: 500,
  async run({ rounds, seed }) {
    await dcmjsCodecs.NativeCodecs.initializeAsync();
    const { doors, close } = openDoors(GEOMETRY);
    const plain = JPEG[0]!;
    const others = await Promise.all(KINDS.slice(0, 20).map(({ write }) => write(drawnFilm(60, 70))));
    let read = 0;
    const failures = await playRounds({ rounds, seed }, async (round, next) => {
      const film = drawnFilm(20 + Math.floor(120 * next()), 20 + Math.floor(120 * next()));
      const kind = next() < PLAIN_SHARE ? plain : KINDS[round % KINDS.length]!;
      const whole = await kind.write(film);
      const file = next() < MUTATED_SHARE && whole.length > 0 ? mutate(whole, next, others) : whole;
      const serving = await doors.serving(file);
      const preparation = await doors.preparation(file);
      if (typeof serving !== "string") read += 1;
      if (isSame(serving, preparation)) return;
      const kept = join(tmpdir(), `hilum-doors-${seed}-${round}`);
      await writeFile(kept, file);
      must(false, `${kind.name}: serving ${told(serving)}, training ${told(preparation)}; kept as ${kept}`);
    });
    await close();
    return { failures, figure: `${KINDS.length} kinds, ${read} of ${rounds} files read, the rest refused alike` };
  },
};
