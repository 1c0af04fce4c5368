/** Calls by their name: what is asked, and what is answered. */
export type CallTable<Calls> = { readonly [Name in keyof Calls]: { ask: unknown; answer: unknown } };

export interface Request {
  readonly id: number;
  readonly call: string;
  readonly ask: unknown;
}
