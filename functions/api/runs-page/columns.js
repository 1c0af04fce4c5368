/** @typedef {import("../../../lib/runs/list-runs.ts").RunSummary} RunSummary */

/** Columns; `by` is what one sorts by, the largest first where it is a number. @type {readonly { head: string, by?: keyof RunSummary }[]} */
export const COLUMNS = [
  { head: "Compare" },
  { head: "Run", by: "run" },
  { head: "Status", by: "status" },
  { head: "Made (UTC)", by: "createdAt" },
  { head: "Time", by: "seconds" },
  { head: "Network", by: "network" },
  { head: "Data set", by: "fingerprint" },
  { head: "Mean AUROC (95 %)", by: "meanAuroc" },
];

/** @typedef {{ by: keyof RunSummary, down: boolean }} Order */
/** @type {Order} */
export const NEWEST = { by: "createdAt", down: true };

/** What has no value comes last either way. @param {readonly RunSummary[]} runs @param {Order} order */
export const sorted = (runs, { by, down }) =>
  runs.toSorted((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
  });
