import { thresholdOf } from "./state.js";

/** @typedef {import("./client.js").Finding} Finding */
/** @typedef {import("./client.js").Prediction} Prediction */

const WORDS = /** @type {const} */ ({
  "above-threshold": "above threshold",
  "below-threshold": "below",
  "out-of-distribution": "no decision",
  "not-learned": "not learned",
});

/** What is said of a finding at the threshold in force, or why nothing is. @param {Finding} finding @returns {keyof typeof WORDS} */
export function verdictOf({ observation, probability, threshold, withheld }) {
  if (probability === null || threshold === null) return "not-learned";
  if (withheld !== null) return withheld;
  return probability >= thresholdOf(observation, threshold) ? "above-threshold" : "below-threshold";
}

/** What is decided of an observation that was tested on too few films to say how well. @param {Finding} finding */
const isUnclaimed = (finding) => finding.status === "not-claimed" && finding.withheld === null;

/** The same in words. @param {Finding} finding */
export const verdictWord = (finding) => {
  const verdict = verdictOf(finding);
  if (!isUnclaimed(finding)) return WORDS[verdict];
  return verdict === "above-threshold" ? "above, not claimed" : "below, not claimed";
};

/** @param {readonly Finding[]} findings @param {keyof typeof WORDS} verdict */
const countOf = (findings, verdict) => findings.filter((finding) => verdictOf(finding) === verdict).length;

/** How many of those above threshold may be claimed; empty where all may. @param {readonly Finding[]} findings */
function claimedOf(findings) {
  const above = findings.filter((finding) => verdictOf(finding) === "above-threshold");
  const claimed = above.filter((finding) => !isUnclaimed(finding)).length;
  return claimed === above.length ? "" : `${claimed === 0 ? "none" : claimed} claimed`;
}

/** What there is to know of how far an answer holds, in one line; empty where nothing. @param {Prediction} prediction */
export function reservation({ outOfDistribution }) {
  if (outOfDistribution === null) return "no check for films unlike the training films";
  return outOfDistribution ? "no decision: film unlike the training films" : "";
}

/** An answer in a few words, for the film strip. @param {Prediction} prediction */
export const inBrief = ({ outOfDistribution, findings }) =>
  outOfDistribution
    ? "undecided"
    : [`${countOf(findings, "above-threshold")} above`, claimedOf(findings)].filter(Boolean).join(", ");

/** An answer in a sentence or two. @param {Prediction} prediction */
export function inSentences({ outOfDistribution, findings }) {
  const notLearned = countOf(findings, "not-learned");
  const unlearned = notLearned === 0 ? "" : `; ${notLearned} not learned`;
  if (outOfDistribution) return `No decision: the film is unlike those that the model learned from${unlearned}.`;
  const above = countOf(findings, "above-threshold");
  const claimed = claimedOf(findings);
  const tested = claimed === "" ? "" : `, ${claimed} (too few test films)`;
  const counted = `${above === 0 ? "None" : above} of ${findings.length - notLearned} above threshold${tested}${unlearned}`;
  return outOfDistribution === null
    ? `${counted}. This model has no check for films unlike those it learned from.`
    : counted;
}
