import { join } from "node:path";
import type { Warning } from "../contracts/api.ts";
import { type ModelVersion, SAVED_MODEL_FOLDER } from "../contracts/model-version.ts";
import { calibrate } from "../domain/calibration.ts";
import { rectangleToFilm } from "../domain/geometry.ts";
import { observationIndex } from "../domain/observations.ts";
import { resizeToSquare } from "../engine/resize.ts";
import type { ServingGraph, ServingOutput } from "../engine/saved-model.ts";
import { filmPng, mapPng, overlayPng } from "../imaging/overlay.ts";
import { checkPlausibility } from "../imaging/plausibility.ts";
import { readFilm } from "../imaging/read-film.ts";
import { cellArea } from "../model/cell-area.ts";
import { buildNetwork } from "../model/networks.ts";
import { openServingModel } from "../model/serving-model.ts";
import { batcher } from "./batcher.ts";
import type { AnswerOptions, FilmAnswer, FilmPicture, FilmSource, PictureOptions } from "./film-service.ts";
import { heatGrid } from "./heat-grid.ts";
import type { Prediction } from "./prediction.ts";
import { openStrangeness } from "./strangeness.ts";

/** Films from their bytes to answers, on this thread; see openPredictor for one that leaves the caller's free. */
export interface Answerer {
  answer(source: FilmSource, options: AnswerOptions): Promise<FilmAnswer>;
  picture(source: FilmSource, options: PictureOptions): Promise<FilmPicture>;
  close(): void;
}

interface Square {
  readonly pixels: Uint8Array;
  readonly maps: boolean;
}

/**
 * Loads a version's serving graph and runs it once, so that the first film is not the slow one.
 * @param versionFolder the version's files, verified
 */
export async function openAnswerer(versionFolder: string, version: ModelVersion): Promise<Answerer> {
  const { geometry, model } = version;
  const graph = await openServingModel(join(versionFolder, SAVED_MODEL_FOLDER), { model, size: geometry.size });
  const cells = cellArea(buildNetwork(version.model), geometry.size);
  const { features } = graph.run(new Uint8Array(graph.size ** 2), 1, { maps: true });
  const strangeness = await openStrangeness(versionFolder, version, features.length);
  const predict = batcher((squares: readonly Square[]) => runGraph(graph, squares, version), {
    largest: graph.bestBatch,
    together: (a, b) => a.maps === b.maps,
  });

  async function look(source: FilmSource, maps: boolean) {
    const clock = stopwatch();
    const film = source instanceof Uint8Array ? await readFilm(source) : source;
    clock.lap("decode");
    const warnings: Warning[] = [...film.warnings, ...checkPlausibility(film)];
    clock.lap("check");
    const pixels = resizeToSquare(film.image, geometry);
    clock.lap("resize");
    const { features, ...prediction } = await predict({ pixels, maps });
    clock.lap("predict");
    const { outOfDistribution, warnings: doubts } = strangeness(features);
    warnings.push(...doubts);
    const area = rectangleToFilm(cells, film.image, geometry);
    return { film, warnings, outOfDistribution, prediction, area, clock };
  }

  return {
    async answer(source, { maps = false }) {
      const { film, clock, ...answer } = await look(source, maps);
      return { ...answer, film: film.facts, timings: clock.laps };
    },

    async picture(source, options) {
      if (options.style === "film") return plainPicture(source);
      const { film, warnings, outOfDistribution, prediction, area, clock } = await look(source, true);
      const observation = observationIndex(options.observation!);
      const grid = heatGrid(prediction, observation, area);
      const isBlank =
        options.blank === "below-threshold" &&
        (outOfDistribution === true || prediction.probabilities[observation]! < version.thresholds[observation]!);
      const shown = isBlank ? { ...grid, values: new Float32Array(grid.values.length) } : grid;
      const draw = options.style === "map" ? mapPng : overlayPng;
      const { png, region } = await draw(film.image, shown, given(options));
      clock.lap("render");
      const why = !isBlank ? NO_REGION : outOfDistribution === true ? NO_DECISION : BELOW_THRESHOLD;
      const told = region === null ? [...warnings, why] : warnings;
      return { png, box: region?.box ?? null, outOfDistribution, warnings: told, timings: clock.laps };
    },

    close: () => graph.close(),
  };
}

const BELOW_THRESHOLD: Warning = {
  code: "below-threshold",
  message: "the observation's probability lies below its threshold; the map is left blank, as was asked for",
};
const NO_DECISION: Warning = {
  code: "no-decision",
  message:
    "no decision is given on this film, so that none is above its threshold; the map is left blank, as was asked for",
};
const NO_REGION: Warning = { code: "no-region", message: "no region of the film stands out for this observation" };

const given = ({ colours, opacity }: PictureOptions) => ({
  ...(colours !== undefined && { colours }),
  ...(opacity !== undefined && { opacity }),
});

async function plainPicture(source: FilmSource): Promise<FilmPicture> {
  const clock = stopwatch();
  const film = source instanceof Uint8Array ? await readFilm(source) : source;
  clock.lap("decode");
  const png = await filmPng(film.image);
  clock.lap("render");
  return { png, box: null, outOfDistribution: null, warnings: film.warnings, timings: clock.laps };
}

/** A prediction with the pooled features that it came from. */
interface Seen extends Prediction {
  readonly features: Float32Array;
}

function runGraph(graph: ServingGraph, squares: readonly Square[], version: ModelVersion): Seen[] {
  const count = squares.length;
  const pixels = new Uint8Array(count * graph.size ** 2);
  squares.forEach((square, i) => {
    pixels.set(square.pixels, i * graph.size ** 2);
  });
  const output = graph.run(pixels, count, { maps: squares[0]!.maps });
  return squares.map((_, film) => predictionOf(output, film, version));
}

function predictionOf({ count, logits, features, maps }: ServingOutput, film: number, version: ModelVersion): Seen {
  const own = (values: Float32Array): Float32Array => {
    const length = values.length / count;
    return values.slice(film * length, (film + 1) * length);
  };
  return {
    features: own(features),
    logits: own(logits),
    probabilities: own(logits).map((logit, i) => calibrate(version.calibration[i]!, logit)),
    maps: maps && { rows: maps.rows, columns: maps.columns, values: own(maps.values) },
  };
}

function stopwatch() {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    laps,
    lap(name: string) {
      const now = performance.now();
      laps[name] = Math.round((now - last) * 10) / 10;
      last = now;
    },
  };
}
