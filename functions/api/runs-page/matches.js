/** @typedef {import("../../../lib/runs/list-runs.ts").RunSummary} RunSummary */

/** What a search looks through. @param {RunSummary} run */
const textOf = ({ run, description, status, network, fingerprint, at, failure }) =>
  [run, description, status, network, fingerprint, at, failure].join(" ").toLowerCase();

/** Whether a run has every word. @param {RunSummary} run @param {string} search */
export const matches = (run, search) =>
  search
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => textOf(run).includes(word));
