import type { OutOfDistribution } from "../contracts/model-version.ts";
import { count, percent } from "./format.ts";

/** What tells films of another kind apart, and how often it is wrong about films of the usual one. */
export function outOfDistributionText(check: OutOfDistribution): string {
  if (check === null) {
    return "It can't tell films that are unlike those it learned from: too few tuning films to set a limit.";
  }
  const kept = "For films that are unlike those it learned from it gives no decision.";
  const { falseAlarms } = check;
  if (falseAlarms === undefined || falseAlarms.films === 0) return kept;
  const { films, beyond } = falseAlarms;
  return `${kept} Of the test films, which are like them, ${beyond} of ${count(films)} (${percent(beyond / films)}) would wrongly have none.`;
}
