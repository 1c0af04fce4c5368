import { expect, test, vi } from "vitest";
import { answeredBy } from "../../../functions/api/answers.ts";
import { apiCounters, countedFilms } from "../../../functions/api/counted-films.ts";
import type { FilmService } from "../../../functions/api/dependencies.ts";
import { METRICS, positiveMetric, prevalenceMetric } from "../../../lib/contracts/metrics.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { metrics } from "../embedded-metrics.ts";
import { doubleAnswer, manifest, serviceDouble, shelfDouble, withoutLearning } from "./service-double.ts";

const FILM = new Uint8Array(1);
const counted = (films: Partial<FilmService>, version = manifest) =>
  countedFilms(serviceDouble(films), answeredBy(shelfDouble(null, version).loaded), apiCounters("test"));

test("an answer counts itself, what it found and what was known of it, each observation under its name", async () => {
  const films = counted({}, withoutLearning("No Finding"));
  const told = await metrics(async () => expect(await films.answer(FILM)).toEqual(doubleAnswer(false)));
  expect(told).toHaveLength(1);
  const { namespace, service, values, units } = told[0]!;
  expect({ namespace, service }).toEqual({ namespace: "Hilum/test", service: "api" });
  expect(units[METRICS.predictions.name]).toBe("Count");
  // Probabilities are 0.05, 0.1 and so on, thresholds 0.5; the first observation was not learned.
  expect(values).toEqual({
    [METRICS.predictions.name]: 1,
    [METRICS.strangeFilms.name]: 0,
    ...Object.fromEntries(
      OBSERVATIONS.slice(1).map((name, index) => [positiveMetric(name), 0.05 * (index + 2) >= 0.5 ? 1 : 0]),
    ),
    ...Object.fromEntries(OBSERVATIONS.slice(1).map((name) => [prevalenceMetric(name), 0.1])),
  });
  expect(Object.values(values).filter((value) => value === 1)).toHaveLength(1 + 5);
});

test("an answer about a film unlike those that were learned from counts as one", async () => {
  const films = counted({ answer: async () => doubleAnswer(false, true) });
  const [told] = await metrics(() => films.answer(FILM));
  expect(told!.values[METRICS.strangeFilms.name]).toBe(1);
  expect(told!.values).not.toHaveProperty(positiveMetric("Edema"));
});

test("a film that is refused for being unlike them counts as refused and as strange", async () => {
  const answer = async () => {
    throw new InputError("out-of-distribution", "unlike");
  };
  const [told] = await metrics(() => expect(counted({ answer }).answer(FILM)).rejects.toThrow("unlike"));
  expect(told!.values).toEqual({ [METRICS.refusedFilms.name]: 1, [METRICS.strangeFilms.name]: 1 });
});

test("a refused film counts as refused, in an answer and in a picture; a fault of ours does not", async () => {
  const refuse = async () => {
    throw new InputError("no-film", "no film");
  };
  const refusing = counted({ answer: refuse, picture: refuse });
  const told = await metrics(async () => {
    await expect(refusing.answer(FILM)).rejects.toThrow("no film");
    await expect(refusing.picture(FILM, { style: "film" })).rejects.toThrow("no film");
  });
  expect(told.map(({ values }) => values)).toEqual([1, 1].map((value) => ({ [METRICS.refusedFilms.name]: value })));
  const failing = counted({
    answer: async () => {
      throw new TemporaryError("busy", "busy");
    },
  });
  expect(await metrics(() => expect(failing.answer(FILM)).rejects.toThrow("busy"))).toEqual([]);
});

test("a picture counts nothing, and passes its film and its options on", async () => {
  const asked: unknown[] = [];
  const picture: FilmService["picture"] = async (...given) => {
    asked.push(given);
    return serviceDouble().picture(...given);
  };
  const films = counted({ picture });
  const options = { style: "overlay", observation: "Edema" } as const;
  expect(await metrics(() => films.picture(FILM, options))).toEqual([]);
  expect(asked).toEqual([[FILM, options]]);
});

test("is ready when the service is", () => {
  let ready = false;
  const films = countedFilms(
    {
      ...serviceDouble(),
      get ready() {
        return ready;
      },
    },
    answeredBy(shelfDouble().loaded),
    apiCounters("test"),
  );
  expect(films.ready).toBe(false);
  ready = true;
  expect(films.ready).toBe(true);
});

test("a version that does not load is counted", async () => {
  const [fallback] = await metrics(() => apiCounters("test").fallback());
  expect(fallback!.values).toEqual({ [METRICS.modelFallbacks.name]: 1 });
});

test.each([
  ["on-demand", [{ [METRICS.coldStarts.name]: 1 }]],
  ["provisioned-concurrency", []],
])(
  "an environment that Lambda makes ready %s counts as a cold start where a caller waits for it",
  async (kind, expected) => {
    vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", kind);
    const told = await metrics(() => apiCounters("test").coldStart());
    expect(told.map(({ values }) => values)).toEqual(expected);
    vi.unstubAllEnvs();
  },
);
