import { readFile } from "node:fs/promises";
import { reportError } from "../../lib/domain/errors.ts";
import { writeStillPage } from "../../lib/runs/still-page.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import type { Store } from "../../lib/store/store.ts";

/**
 * Writes the page of a run that has ended beside its report. The run has ended as it has all the same where that fails:
 * then it is told, and `hilum runs export` writes it.
 * @param template file of the page without a run; without, there is nothing to do
 */
export async function leavePage(step: string, runs: Store, run: string, template: string | undefined): Promise<void> {
  if (template === undefined) return;
  try {
    await writeStillPage(runs, run, await readFile(template, "utf8"));
  } catch (error) {
    const { message } = reportError(error);
    createReporter(step).note("error", `the page of run ${run} was not written: ${message}`);
  }
}
