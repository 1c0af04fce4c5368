import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { metric, positiveMetric, prevalenceMetric } from "../../lib/contracts/metrics.ts";
import type { ModelVersion } from "../../lib/contracts/model-version.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { FilmAnswer } from "../../lib/inference/film-service.ts";
import { findings } from "../../lib/inference/findings.ts";
import { stageMetrics } from "../../lib/steps/metrics.ts";
import type { FilmService } from "./dependencies.ts";

/** Code of the warning that a film is unlike those that were learned from (lib/inference/strangeness.ts). */
const STRANGE = "out-of-distribution";

/** Counts what a stage's API does; a number of a film is never told apart from another's. */
export function apiCounters(stage: string) {
  const metrics = stageMetrics(stage, "api");
  const count = (which: "predictions" | "refusedFilms" | "modelFallbacks") => {
    metrics.addMetric(metric(which).name, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
  return {
    coldStart: () => metrics.captureColdStartMetric(),
    fallback: () => count("modelFallbacks"),
    refused: () => count("refusedFilms"),
    answered(answer: FilmAnswer, version: ModelVersion) {
      metrics.addMetric(metric("predictions").name, MetricUnit.Count, 1);
      const isStrange = answer.warnings.some(({ code }) => code === STRANGE);
      metrics.addMetric(metric("strangeFilms").name, MetricUnit.NoUnit, isStrange ? 1 : 0);
      for (const { observation, positive } of findings(answer.prediction, version)) {
        metrics.addMetric(positiveMetric(observation), MetricUnit.NoUnit, positive ? 1 : 0);
      }
      for (const [index, observation] of OBSERVATIONS.entries()) {
        const share = version.trainedOn.prevalence[index];
        if (share != null) metrics.addMetric(prevalenceMetric(observation), MetricUnit.NoUnit, share);
      }
      metrics.publishStoredMetrics();
    },
  };
}
export type ApiCounters = ReturnType<typeof apiCounters>;

/** The same films' service, counted. */
export function countedFilms(films: FilmService, version: ModelVersion, counters: ApiCounters): FilmService {
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof InputError) counters.refused();
      throw error;
    }
  };
  return {
    get ready() {
      return films.ready;
    },
    async answer(...given) {
      const answer = await counted(films.answer(...given));
      counters.answered(answer, version);
      return answer;
    },
    picture: (...given) => counted(films.picture(...given)),
  };
}
