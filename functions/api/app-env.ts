import type { TimingVariables } from "hono/timing";

/** What a request carries from one middleware to the next. */
export type AppEnv = {
  Variables: TimingVariables & {
    requestId: string;
    /** Ids of the predictions that the answer holds. */
    predictions?: readonly string[];
    /** Content-Security-Policy of an answer that needs another than the page's. */
    contentPolicy?: string;
  };
};
