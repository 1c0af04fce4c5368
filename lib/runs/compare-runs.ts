import type { TrainingHistory } from "../contracts/training.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { type RunSummary, summarise } from "./list-runs.ts";
import type { RunView } from "./read-run.ts";

export interface Measured {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
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
  readonly figures: readonly { readonly figure: string; readonly values: readonly (Measured | null)[] }[];
  readonly histories: readonly { readonly run: string; readonly history: TrainingHistory }[];
}

const FACTS: Readonly<Record<string, (view: RunView) => string | number | null>> = {
  fingerprint: ({ fingerprint }) => fingerprint,
  "rows read": ({ rows }) => rows.read,
  "films used": ({ rows }) => rows.used,
  "test films": ({ figures }) => figures?.evaluatedOn.rows ?? null,
  "test patients": ({ figures }) => figures?.evaluatedOn.patients ?? null,
};

export function compareRuns(views: readonly RunView[]): Comparison {
  return {
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
        values: views.map(({ figures: f }) => f && { value: f.meanAuroc, interval: f.meanAurocInterval }),
      },
      ...OBSERVATIONS.map((observation) => ({
        figure: observation,
        values: views.map(({ figures }) => {
          const found = figures?.perObservation[observation];
          return found ? { value: found.auroc, interval: found.aurocInterval } : null;
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
