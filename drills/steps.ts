/** A step's program, and which of a store's files it makes. */
export interface Step {
  readonly program: string;
  readonly makes: RegExp;
}

/** The programs of a run, in their order; the first part of the films, the first member. */
export const STEPS = {
  prepare: {
    program: "containers/prepare/main.ts",
    makes: /^(datasets\/[0-9a-f]+\/[^/]+\/shard-00000|runs\/[^/]+\/steps\/prepare-00000)/,
  },
  upsample: {
    program: "containers/upsampler/main.ts",
    makes: /^runs\/[^/]+\/(epoch-plan|upsampling|steps\/upsample)/,
  },
  train: { program: "containers/trainer/main.ts", makes: /^runs\/[^/]+\/(members|steps\/train)/ },
  evaluate: {
    program: "containers/evaluator/main.ts",
    makes: /^(models\/versions|runs\/[^/]+\/(evaluation|predictions|report|model-card|steps\/evaluate))/,
  },
} as const satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof STEPS;
