import type { TrainingHistory } from "../contracts/training.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { type AurocGain, aurocGains, sameFilms, type TestedFilms } from "../domain/tested-films.ts";
import { type RunSummary, summarise } from "./list-runs.ts";
import type { RunView } from "./read-run.ts";

export interface Measured {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** Whether films enough stand behind it; null of a mean. */
  readonly mayClaim: boolean | null;
}

/** Runs side by side; every array `values` is in their order. */
export interface Comparison {
  readonly runs: readonly RunSummary[];
  /** Settings that differ, by their place in the configuration: `training.learningRate`. Undefined ones are null. */
  readonly config: readonly { readonly setting: string; readonly values: readonly unknown[] }[];
  /** What the runs learned from and were judged on. */
  readonly data: readonly { readonly fact: string; readonly values: readonly (string | number | null)[] }[];
  /** Whether all have the same data set; figures of different films say little of each other. */
  readonly sameData: boolean;
  /** What to say beside the figures of which runs. */
  readonly cautions: readonly { readonly runs: readonly string[]; readonly caution: string }[];
  /** Why figures of some of these runs say little of each other; empty where they may be compared. */
  readonly caveats: readonly string[];
  readonly figures: readonly { readonly figure: string; readonly values: readonly (Measured | null)[] }[];
  /**
   * By observation, how much larger each run's AUROC is than the first one's on the same test films; null for a run that was
   * tested on others, or under other labels. Empty where there is none.
   */
  readonly gains: readonly { readonly figure: string; readonly values: readonly (AurocGain | null)[] }[];
  readonly histories: readonly { readonly run: string; readonly history: TrainingHistory }[];
}

const FACTS: Readonly<Record<string, (view: RunView) => string | number | null>> = {
  fingerprint: ({ fingerprint }) => fingerprint,
  "rows read": ({ rows }) => rows.read,
  "films used": ({ rows }) => rows.used,
  "test films": ({ figures }) => figures?.evaluatedOn.rows ?? null,
  "test patients": ({ figures }) => figures?.evaluatedOn.patients ?? null,
};

/** Settings by which figures are of other films or other labels. */
const DECIDING: readonly (readonly [of: (config: RunView["config"]) => unknown, caveat: string])[] = [
  [({ protocol }) => protocol, "The runs follow different protocols, which divide films in different ways."],
  [({ views }) => views, "The runs take different views: their figures are of different films."],
  [
    ({ policy: { name: _, ...policy } }) => policy,
    "The runs have different label policies: a film may be positive in one, and negative or left out in another.",
  ],
  [({ notLabelled }) => notLabelled, "The runs name different labels as not labelled, which are left out of figures."],
];

const observationsMeasured = ({ figures }: RunView): string =>
  OBSERVATIONS.filter((name) => figures?.perObservation[name].auroc != null).join();

/** @param tested of each run; null where nothing was kept */
function caveatsOf(views: readonly RunView[], tested: readonly (TestedFilms | null)[]): string[] {
  const differs = (of: (view: RunView) => unknown): boolean =>
    new Set(views.map((view) => JSON.stringify(of(view)))).size > 1;
  const measured = views.filter(({ figures }) => figures !== null);
  const [first, ...others] = tested.filter((films) => films !== null);
  const otherFilms =
    (first !== undefined && others.some((films) => !sameFilms(films, first))) ||
    new Set(measured.map(({ figures }) => JSON.stringify(figures!.evaluatedOn))).size > 1;
  return [
    ...(differs(({ fingerprint }) => fingerprint)
      ? ["The runs have different data: their figures are not of the same films."]
      : otherFilms
        ? ["The runs were tested on different films: their figures differ by the films too."]
        : []),
    ...DECIDING.flatMap(([of, caveat]) => (differs(({ config }) => of(config)) ? [caveat] : [])),
    ...(new Set(measured.map(observationsMeasured)).size > 1
      ? ["The means are over different observations: compare observation by observation."]
      : []),
  ];
}

/** @param tested of each run, in order; what lacks has no gains */
export function compareRuns(views: readonly RunView[], tested: readonly (TestedFilms | null)[] = []): Comparison {
  const [first] = tested;
  const gains = tested.map((films, i) =>
    i > 0 && first && films && sameFilms(films, first) ? aurocGains(films, first) : null,
  );
  return {
    caveats: caveatsOf(views, tested),
    gains: gains.some((of) => of?.some((gain) => gain !== null))
      ? OBSERVATIONS.map((figure, k) => ({ figure, values: gains.map((of) => of?.[k] ?? null) }))
      : [],
    runs: views.map(summarise),
    config: differences(views.map(({ config }) => config)),
    data: Object.entries(FACTS).map(([fact, of]) => ({ fact, values: views.map(of) })),
    cautions: [...new Set(views.flatMap(({ caution }) => caution ?? []))].map((caution) => ({
      runs: views.filter((view) => view.caution === caution).map(({ run }) => run),
      caution,
    })),
    sameData: new Set(views.map(({ fingerprint }) => fingerprint)).size === 1,
    figures: [
      {
        figure: "mean AUROC",
        values: views.map(
          ({ figures: f }) => f && { value: f.meanAuroc, interval: f.meanAurocInterval, mayClaim: null },
        ),
      },
      ...OBSERVATIONS.map((observation) => ({
        figure: observation,
        values: views.map(({ figures }) => {
          const found = figures?.perObservation[observation];
          return found ? { value: found.auroc, interval: found.aurocInterval, mayClaim: found.mayClaim } : null;
        }),
      })),
    ],
    histories: views.flatMap(({ run, histories }) => histories.map((history) => ({ run, history }))),
  };
}

/** Leaves whose values are not all alike, by their path. */
export function differences(values: readonly unknown[], path = ""): { setting: string; values: unknown[] }[] {
  const texts = values.map((value) => JSON.stringify(value) ?? "null");
  if (texts.every((text) => text === texts[0])) return [];
  const leaf = [{ setting: path, values: values.map((value) => value ?? null) }];
  if (!values.some(isTree) || !values.every((value) => value === undefined || isTree(value))) return leaf;
  const trees = values as readonly (Readonly<Record<string, unknown>> | undefined)[];
  const fields = new Set(trees.flatMap((tree) => Object.keys(tree ?? {})));
  // An empty one and none at all.
  if (fields.size === 0) return leaf;
  return [...fields].flatMap((field) =>
    differences(
      trees.map((tree) => tree?.[field]),
      path === "" ? field : `${path}.${field}`,
    ),
  );
}

const isTree = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
