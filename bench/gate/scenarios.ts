import { OBSERVATIONS, observationIndex } from "../../lib/domain/observations.ts";
import { type GateRules, judge } from "../../lib/domain/promotion.ts";
import {
  type Answers,
  answers,
  changed,
  contest,
  examLabels,
  REFERENCE,
  RETRAINED,
  type Size,
  type Truth,
  world,
} from "./world.ts";

/** The defaults of GateConfig, but for fewer rounds. */
export const RULES: GateRules = {
  margin: 0.01,
  observationMargin: 0.05,
  sensitivityMargin: 0.1,
  widestMargin: 4,
  confidence: 0.95,
  minMeanAuroc: 0.5,
  minAuroc: {},
  maxCalibrationError: 0.1,
  maxSubgroupGap: 0.2,
  bootstrap: 200,
};

export interface Scenario {
  readonly candidate: Truth;
  readonly rules?: Partial<GateRules>;
  /** No exam can be held, or there is no reference. */
  readonly references?: "unpaired" | "none";
  /** Worlds in which this is not claimed are passed over. */
  readonly claimed?: number;
}

const only = (index: number, by: number, others: number) => (i: number) => (i === index ? by : others);
/** Sensitivity alone, for 1 is no limit. */
const STRICT_SENSITIVITY = { observationMargin: 1, widestMargin: 1 } as const;
const STRICT = { widestMargin: 1 } as const;

const SUPPORT_DEVICES = observationIndex("Support Devices");
const PNEUMOTHORAX = observationIndex("Pneumothorax");
const MEAN_ALONE = { observationMargin: 1, sensitivityMargin: 1 } as const;

/** What a candidate is, in truth. Where one observation is at its margin all others are better, which errs most. */
export const SCENARIOS = {
  equal: { candidate: REFERENCE },
  "equal, mean AUROC alone compared": { candidate: REFERENCE, rules: MEAN_ALONE },
  "equal, margins never widened": { candidate: REFERENCE, rules: STRICT },
  "better by 0.02": { candidate: changed(() => 0.02) },
  "better by 0.02, margins never widened": { candidate: changed(() => 0.02), rules: STRICT },
  "mean worse by the margin, 0.01": { candidate: changed(() => -0.01), rules: MEAN_ALONE },
  "mean worse by 0.03": { candidate: changed(() => -0.03) },
  "Support Devices worse by the margin, 0.05": { candidate: changed(only(SUPPORT_DEVICES, -0.05, 0.03)) },
  "the same, margins never widened": { candidate: changed(only(SUPPORT_DEVICES, -0.05, 0.03)), rules: STRICT },
  "Support Devices worse by the widest margin, 0.2": { candidate: changed(only(SUPPORT_DEVICES, -0.2, 0.03)) },
  "Pneumothorax 0.90 to 0.62, others better by 0.02": {
    candidate: changed(only(PNEUMOTHORAX, -0.28, 0.02)),
    claimed: PNEUMOTHORAX,
  },
  "sensitivity to Support Devices worse by the margin, 0.1": { candidate: lessSensitive(0.1) },
  "the same, margin never widened": { candidate: lessSensitive(0.1), rules: STRICT_SENSITIVITY },
  "equal, no exam can be held": { candidate: REFERENCE, references: "unpaired" },
  "first model, calibrated": { candidate: REFERENCE, references: "none" },
  "first model, too high by 0.1, the limit": { candidate: tooHigh(0.1), references: "none" },
  "first model, too high by 0.2": { candidate: tooHigh(0.2), references: "none" },
} as const satisfies Readonly<Record<string, Scenario>>;

function lessSensitive(by: number): Truth {
  const sensitivity = REFERENCE.sensitivity.map((value, i) => (i === SUPPORT_DEVICES ? value - by : value));
  return { ...changed(() => 0.03), sensitivity };
}

function tooHigh(by: number): Truth {
  return { ...REFERENCE, answers: (probability) => Math.min(probability + by, 1) };
}

/** Share of simulated candidates that are promoted; NaN where no simulated world fits the scenario. */
export function promotionRate(scenario: Scenario, size: Size, simulations: number): number {
  const { candidate: truth, rules = {}, references, claimed } = scenario;
  let [promoted, judged] = [0, 0];
  for (let seed = 0; seed < simulations; seed += 1) {
    const films = world(size, seed);
    const labels = examLabels(films);
    const [ours, theirs] = [answers(films, truth, "candidate"), answers(films, REFERENCE, "reference")];
    const { candidate, reference } = contest(films, labels, ours, theirs);
    if (claimed !== undefined && !candidate.claimed.includes(OBSERVATIONS[claimed]!)) continue;
    const exams = references === "unpaired" ? "its test films are gone" : reference.exams;
    const against = references === "none" ? [] : [{ ...reference, exams }];
    judged += 1;
    if (judge(candidate, against, { ...RULES, ...rules }, seed).decision === "promote") promoted += 1;
  }
  return promoted / judged;
}

const CREEP = 0.003;

/**
 * Each retraining is worse than the champion by 0.003 in every AUROC.
 * @returns how many are promoted, and how much of AUROC is lost in the end, means over the simulations
 */
export function creep(
  size: Size,
  simulations: number,
  anchored: boolean,
  retrainings = 25,
): { promoted: number; lost: number } {
  let [promoted, lost] = [0, 0];
  for (let seed = 0; seed < simulations; seed += 1) {
    const films = world(size, seed);
    const labels = examLabels(films);
    const first = { truth: REFERENCE, says: answers(films, REFERENCE, "reference", RETRAINED) };
    let champion: { truth: Truth; says: Answers } = first;
    for (let round = 0; round < retrainings; round += 1) {
      const truth = changed(() => -CREEP, champion.truth);
      const next = { truth, says: answers(films, truth, `retraining ${round}`, RETRAINED) };
      const { candidate, reference } = contest(films, labels, next.says, champion.says);
      const anchor = contest(films, labels, next.says, first.says).reference;
      const references = [
        { ...reference, roles: ["champion"] as const },
        ...(anchored ? [{ ...anchor, roles: ["anchor"] as const }] : []),
      ];
      if (judge(candidate, references, RULES, seed).decision !== "promote") continue;
      champion = next;
      promoted += 1;
      lost += CREEP;
    }
  }
  return { promoted: promoted / simulations, lost: lost / simulations };
}
