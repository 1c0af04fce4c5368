import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DescribedSource } from "../../../lib/contracts/provenance.ts";
import { OBSERVATIONS, observationIndex } from "../../../lib/domain/observations.ts";
import { FILM } from "../../../lib/phantoms/anatomy.ts";
import { type Drawing, drawHere, drawInThreads, type FilmDrawer } from "../../../lib/phantoms/film-drawer.ts";
import { PLANTED, PLANTED_NAMES } from "../../../lib/phantoms/findings.ts";
import { phantomSet } from "../../../lib/phantoms/phantom-set.ts";
import { drawPopulation } from "../../../lib/phantoms/population.ts";
import { filmRenderer } from "../../../lib/phantoms/render.ts";
import { writePhantoms } from "../../../lib/phantoms/write-phantoms.ts";

const folder = mkdtempSync(join(tmpdir(), "hilum-phantoms-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Hash over every file of a folder, by name. */
function hashOf(path: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(file.slice(path.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

describe("drawPopulation", () => {
  const films = drawPopulation(7, 2000);
  const frontal = films.filter((film) => film.frontal);

  it("gives the frontal films asked for, some lateral ones and several films of some patients", () => {
    expect(frontal).toHaveLength(2000);
    expect(films.length - frontal.length).toBeGreaterThan(100);
    expect(new Set(frontal.map((film) => film.patient)).size).toBeLessThan(1700);
  });

  it.each(PLANTED_NAMES)("plants %s about as often as it says, rare enough for up-sampling to matter", (name) => {
    const share = frontal.filter((film) => film.findings[name] !== undefined).length / frontal.length;
    expect(share).toBeGreaterThan(PLANTED[name].prevalence * 0.8);
    expect(share).toBeLessThan(PLANTED[name].prevalence * 1.9);
  });

  it("labels as a report does: positives, mentioned negatives, uncertain ones and blanks", () => {
    const column = observationIndex("Pleural Effusion");
    const seen = new Set(frontal.map((film) => film.labels[column]));
    expect(seen).toEqual(new Set([1, 0, -1, null]));
    expect(frontal.every((film) => film.labels.length === OBSERVATIONS.length)).toBe(true);
  });

  it("never calls a film with a finding normal, and every film without one", () => {
    for (const film of frontal) {
      const normal = film.labels[observationIndex("No Finding")] === 1;
      expect(normal).toBe(Object.keys(film.findings).length === 0);
    }
  });
});

describe("filmRenderer", () => {
  it("draws films whose boxes lie on them, one at least for each finding of a frontal film", () => {
    const render = filmRenderer(3);
    const films = drawPopulation(3, 400);
    fc.assert(
      fc.property(fc.constantFrom(...films), (film) => {
        const { pixels, boxes } = render(film);
        expect(pixels).toHaveLength(FILM.width * FILM.height);
        const found = new Set(boxes.map(({ finding }) => finding));
        expect(found).toEqual(new Set(film.frontal ? Object.keys(film.findings) : []));
        for (const { box } of boxes) {
          expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(FILM.width);
          expect(box.y + box.height).toBeLessThanOrEqual(FILM.height);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(PLANTED_NAMES)("%s changes the film where its box says", (name) => {
    const render = filmRenderer(5);
    const [film] = drawPopulation(5, 1);
    const without = render({ ...film!, frontal: true, findings: {} });
    const planted = render({ ...film!, frontal: true, findings: { [name]: 1 } });
    const inBox = (x: number, y: number) =>
      planted.boxes.some(({ box: b }) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height);
    const change = { inside: 0, insidePixels: 0, outside: 0, outsidePixels: 0 };
    planted.pixels.forEach((grey, at) => {
      const difference = Math.abs(grey - without.pixels[at]!);
      const place = inBox(at % FILM.width, Math.floor(at / FILM.width)) ? "inside" : "outside";
      change[place] += difference;
      change[`${place}Pixels`] += 1;
    });
    expect(change.inside / change.insidePixels).toBeGreaterThan((3 * change.outside) / change.outsidePixels);
  });
});

describe("writePhantoms", () => {
  const write = (name: string, seed: number) =>
    writePhantoms({ folder: join(folder, name, "films"), seed, frontalFilms: 12 });

  beforeAll(async () => {
    await write("first", 1);
    await write("again", 1);
    await write("other", 2);
  });

  it("writes the same bytes for the same seed and others for another", () => {
    expect(hashOf(join(folder, "again"))).toBe(hashOf(join(folder, "first")));
    expect(hashOf(join(folder, "other"))).not.toBe(hashOf(join(folder, "first")));
  });

  it("draws the same films in several threads as in one", async () => {
    const drawing = (name: string): Drawing => ({
      ...{ name: "films", seed: 1, frontalFilms: 12 },
      folder: join(folder, name, "films"),
    });
    const all = Array.from(phantomSet(drawing("any")).films.keys());
    const drawn = async (name: string, { draw, close }: FilmDrawer) => {
      const boxes = await Promise.all(all.map(draw));
      await close();
      return { boxes, hash: hashOf(join(folder, name, "films")) };
    };
    const alone = await drawn("alone", drawHere(drawing("alone")));
    const together = await drawn("together", drawInThreads(drawing("together"), 3));
    expect(together).toEqual(alone);
    expect(alone.boxes).toHaveLength(all.length);
  });

  it("says what kept a thread from writing", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const { draw, close } = drawInThreads({ name: "films", seed: 1, frontalFilms: 12, folder: file }, 2);
    await expect(draw(0)).rejects.toThrow(/ENOTDIR/);
    await close();
  });

  it.each([12, 200])(
    "is stopped by whoever hears of its progress, and leaves nothing (%i films)",
    async (frontalFilms) => {
      const to = join(folder, `stopped-${frontalFilms}`);
      const onProgress = () => {
        throw new Error("enough");
      };
      await expect(writePhantoms({ folder: join(to, "films"), seed: 1, frontalFilms, onProgress })).rejects.toThrow(
        "enough",
      );
      expect(readdirSync(to)).toEqual([]);
    },
  );

  it("says that they are nobody's, also in a folder from before that was said", async () => {
    const about = join(folder, "again/films/hilum.dataset.json");
    const said = readFileSync(about, "utf8");
    expect(DescribedSource.parse(JSON.parse(said))).toMatchObject({ name: "phantoms", kind: "phantom" });
    rmSync(about);
    await write("again", 1);
    expect(readFileSync(about, "utf8")).toBe(said);
    expect(hashOf(join(folder, "again"))).toBe(hashOf(join(folder, "first")));
  });

  it("writes CheXpert's columns and one JPEG a row", () => {
    const rows = ["train", "valid"].flatMap((part) =>
      readFileSync(join(folder, "first/films", `${part}.csv`), "utf8")
        .trim()
        .split("\n")
        .slice(1),
    );
    for (const row of rows) {
      const cells = row.split(",");
      expect(cells).toHaveLength(5 + OBSERVATIONS.length);
      expect(cells[0]).toMatch(/^films\/(train|valid)\/patient\d{5}\/study\d+\/view\d_(frontal|lateral)\.jpg$/);
      const film = readFileSync(join(folder, "first", cells[0]!));
      expect(film.subarray(0, 3).toString("hex")).toBe("ffd8ff");
    }
    expect(rows.filter((row) => row.includes("Frontal"))).toHaveLength(12);
  });
});
