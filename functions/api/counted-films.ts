import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { metric, positiveMetric, prevalenceMetric } from "../../lib/contracts/metrics.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { FilmAnswer } from "../../lib/inference/film-service.ts";
import { findings } from "../../lib/inference/findings.ts";
import { OUT_OF_DISTRIBUTION } from "../../lib/inference/strangeness.ts";
import { stageMetrics } from "../../lib/steps/metrics.ts";
import type { AnsweredBy } from "./answers.ts";
import type { FilmService } from "./dependencies.ts";

/** Counts what a stage's API does; a number of a film is never told apart from another's. */
export function apiCounters(stage: string) {
  const metrics = stageMetrics(stage, "api");
  const count = (which: "predictions" | "refusedFilms" | "modelFallbacks" | "beforeFirstModel") => {
    metrics.addMetric(metric(which).name, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
  return {
    coldStart: () => metrics.captureColdStartMetric(),
    fallback: () => count("modelFallbacks"),
    beforeFirstModel: () => count("beforeFirstModel"),
    /** @param isStrange whether for being unlike the films that were learned from */
    refused(isStrange: boolean) {
      if (isStrange) metrics.addMetric(metric("strangeFilms").name, MetricUnit.NoUnit, 1);
      count("refusedFilms");
    },
    answered(answer: FilmAnswer, { manifest, statuses }: AnsweredBy) {
      metrics.addMetric(metric("predictions").name, MetricUnit.Count, 1);
      metrics.addMetric(metric("strangeFilms").name, MetricUnit.NoUnit, answer.outOfDistribution ? 1 : 0);
      for (const { observation, decision } of findings(answer, { thresholds: manifest.thresholds, statuses })) {
        if (decision === null) continue;
        metrics.addMetric(positiveMetric(observation), MetricUnit.NoUnit, decision === "above-threshold" ? 1 : 0);
      }
      for (const [index, observation] of OBSERVATIONS.entries()) {
        const share = manifest.trainedOn.prevalence[index];
        if (share != null && statuses[index] !== "not-learned")
          metrics.addMetric(prevalenceMetric(observation), MetricUnit.NoUnit, share);
      }
      metrics.publishStoredMetrics();
    },
  };
}
export type ApiCounters = ReturnType<typeof apiCounters>;

/** The same films' service, counted. */
export function countedFilms(films: FilmService, by: AnsweredBy, counters: ApiCounters): FilmService {
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof InputError) counters.refused(error.code === OUT_OF_DISTRIBUTION);
      throw error;
    }
  };
  return {
    get ready() {
      return films.ready;
    },
    async answer(...given) {
      const answer = await counted(films.answer(...given));
      counters.answered(answer, by);
      return answer;
    },
    picture: (...given) => counted(films.picture(...given)),
  };
}
