/** Groups of the log-in, and what their people may do (functions/api/middleware/people.ts). */
export const GROUPS = {
  readers: "send films, read answers, and disagree with them",
  operators: "see versions, their cards and health; no film",
} as const;
export type Group = keyof typeof GROUPS;
