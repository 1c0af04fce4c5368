import type { Browser, Locator, Page } from "playwright-core";
import { type Finding, Prediction } from "../../../../lib/contracts/api.ts";
import { startTestService, type TestService } from "../served-model.ts";
import { answered, type DroppedFile, drop, launch, openTab, type Tab } from "./browser.ts";

/** A service with its page, a browser, and a film that it answers for. */
export interface PageSite {
  readonly service: TestService;
  readonly browser: Browser;
  readonly film: DroppedFile;
  /** Findings of that film whose maps have a region, likeliest first. */
  readonly mapped: readonly Finding[];
  /** A tab in which the film has its answer. */
  openAnswered(): Promise<Tab>;
  close(): Promise<void>;
}

export async function startPageSite(...model: Parameters<typeof startTestService>): Promise<PageSite> {
  const [service, browser] = await Promise.all([startTestService(...model), launch()]);
  const bytes = new Uint8Array(await (await fetch(`${service.url}/v1/samples/effusion`)).arrayBuffer());
  const film = { name: "film.png", type: "image/png", bytes };
  const headers = { "content-type": film.type };
  const asked = await fetch(`${service.url}/v1/predictions?explain=all`, { method: "POST", body: bytes, headers });
  const { findings } = Prediction.parse(await asked.json());
  return {
    ...{ service, browser, film },
    mapped: findings.filter((finding) => finding.map != null).sort((a, b) => b.probability! - a.probability!),
    async openAnswered() {
      const tab = await openTab(browser, service.url);
      await drop(tab.page, [film]);
      await answered(tab.page);
      return tab;
    },
    async close() {
      await browser.close();
      await service.close();
    },
  };
}

/** A finding's row. */
export const row = (page: Page, observation: string): Locator =>
  page.locator(".finding", { has: page.locator(".name", { hasText: new RegExp(`^${observation}$`) }) });
