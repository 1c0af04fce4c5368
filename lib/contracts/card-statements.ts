import * as z from "zod";
import { CARD_STATEMENTS, type CardStatement } from "../domain/card-statements.ts";

/** Name of the file that says in a data folder what only people know of the models made from it. */
export const CARD_FILE = "card.json";

const Words = z.string().trim().min(1).max(5000);

/** What that file holds. Every field may be missing. */
export const CardStatements = z.strictObject(
  Object.fromEntries(
    Object.entries(CARD_STATEMENTS).map(([key, title]) => [key, Words.optional().describe(title)]),
  ) as {
    [K in CardStatement]: z.ZodOptional<typeof Words>;
  },
);
export type CardStatements = z.infer<typeof CardStatements>;
