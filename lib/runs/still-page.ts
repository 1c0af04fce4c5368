import { runKeys } from "../contracts/layout.ts";
import type { Store } from "../store/store.ts";
import { type RunView, readRun } from "./read-run.ts";

/** Text that ends no element of its own. */
const inScript = (text: string): string => text.replaceAll("<", "\\u003c");

/**
 * A run's page as one file, as the run stands now. Opens from anywhere; its links expect the report and the model card
 * beside it.
 * @param template the page without a run (functions/api/still-template.ts)
 */
export const stillPage = (template: string, view: RunView): string =>
  template.replace(
    "</head>",
    () => `<script type="application/json" id="still-run">${inScript(JSON.stringify(view))}</script>\n</head>`,
  );

/** Writes a run's page beside its report. @returns its key */
export async function writeStillPage(runs: Store, run: string, template: string): Promise<string> {
  const { page } = runKeys(run);
  await runs.put(page, Buffer.from(stillPage(template, await readRun(runs, run))));
  return page;
}
