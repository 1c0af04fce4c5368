import * as z from "zod";

/** File beside the deployed page that tells it where to log in. */
export const PAGE_CONFIGURATION = "login.json";

export const PageConfiguration = z.strictObject({
  login: z.url().describe("address of the log-in pages"),
  clientId: z.string().describe("the page, as the log-in knows it"),
  redirect: z.url().describe("where the log-in sends people back to"),
});
export type PageConfiguration = z.infer<typeof PageConfiguration>;
