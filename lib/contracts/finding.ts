/** What a check of `doctor` found. */
export interface Finding {
  readonly state: "good" | "doubtful" | "bad";
  readonly found: string;
  /** What to do about it, or to know more of it: a command where there is one. */
  readonly mend?: string;
}

export const good = (found: string): Finding => ({ state: "good", found });
export const doubtful = (found: string, mend: string): Finding => ({ state: "doubtful", found, mend });
export const bad = (found: string, mend: string): Finding => ({ state: "bad", found, mend });

export type NamedFinding = Finding & { readonly name: string };
