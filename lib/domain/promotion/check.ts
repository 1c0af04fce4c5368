/** One rule of the gate, what it measured and what it asks for. */
export interface Check {
  readonly rule: string;
  readonly passed: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  /** One line for a person. */
  readonly detail: string;
}

export interface Verdict {
  readonly decision: "promote" | "keep";
  readonly checks: readonly Check[];
  /** Whether it did at least as well as every reference on every exam, as far as the figures themselves tell. */
  readonly isBest: boolean;
}

/** A rule without figures. */
export const plain = (rule: string, passed: boolean, detail: string): Check => ({
  rule,
  passed,
  value: null,
  limit: null,
  detail,
});

export const signed = (value: number, places = 3): string =>
  `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(places)}`;

/** "one-sided lower 95 % bound -0.350" */
export const lowerBound = (confidence: number, value: number, places = 3): string =>
  `one-sided lower ${percent(confidence)} bound ${signed(value, places)}`;

export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
