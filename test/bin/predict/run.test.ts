import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FileAnswer } from "../../../bin/cli/predict/answer.ts";
import type { FilmFile } from "../../../bin/cli/predict/films.ts";
import { answerFiles } from "../../../bin/cli/predict/run.ts";
import { TemporaryError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { doubleAnswer, manifest } from "../../functions/api/service-double.ts";

const FILMS_AT_ONCE = 4;

let folder: string;
let films: FilmFile[];

/** Each file holds its own number. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-run-"));
  films = Array.from({ length: 40 }, (_, i) => ({ path: join(folder, `${i}.png`) }));
  await Promise.all(films.map(({ path }, i) => writeFile(path, Uint8Array.of(i))));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A predictor whose process each film in `deadly` ends, and all films on their way with it. */
function predictorThatDies(deadly: readonly number[]) {
  const underWay = new Set<(error: Error) => void>();
  return {
    version: manifest,
    statuses: OBSERVATIONS.map(() => "learned" as const),
    filmsAtOnce: FILMS_AT_ONCE,
    close: async () => {},
    answer: (film: unknown) =>
      new Promise<ReturnType<typeof doubleAnswer>>((resolve, reject) => {
        underWay.add(reject);
        setTimeout(() => {
          if (deadly.includes((film as Uint8Array)[0]!)) {
            for (const fail of underWay) fail(new TemporaryError("predictor-stopped", "it died"));
            underWay.clear();
          }
          underWay.delete(reject);
          resolve(doubleAnswer(false));
        }, 1);
      }),
  };
}

async function answerAll(deadly: readonly number[], signal = new AbortController().signal) {
  const told: FileAnswer[] = [];
  const onAnswer = async (answer: FileAnswer) => {
    told.push(answer);
  };
  const unanswered = await answerFiles(predictorThatDies(deadly), films, { signal, onAnswer });
  return {
    told: told.map(({ film }) => basename(film.path)),
    unanswered: unanswered.map(({ film }) => basename(film.path)),
  };
}

test("films that another took down with it are answered in a second try, each once", async () => {
  const { told, unanswered } = await answerAll([7, 23]);
  expect(unanswered).toEqual(["7.png", "23.png"]);
  expect(told).toHaveLength(38);
  expect(new Set([...told, ...unanswered]).size).toBe(40);
});

test("where film after film fails alone, the rest is left for another time", async () => {
  const { told, unanswered } = await answerAll(films.map((_, i) => i));
  expect(told).toEqual([]);
  expect(unanswered).toEqual(["0.png", "1.png", "2.png"]);
});

test("films under way when it is stopped are still told", async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const stopped = answerFiles(predictorThatDies([]), films, {
    signal: controller.signal,
    async onAnswer({ film }) {
      told.push(basename(film.path));
      if (told.length === 10) controller.abort(new TemporaryError("stopped", "asked to"));
    },
  });
  await expect(stopped).rejects.toThrow("asked to");
  expect(told).toEqual(films.slice(0, told.length).map(({ path }) => basename(path)));
  expect(told.length).toBeLessThanOrEqual(10 + FILMS_AT_ONCE);
});
