import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

export const CHROMIUM = process.env.HILUM_CHROMIUM ?? "/usr/bin/chromium";

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });

/** A tab whose console, requests and breaches of the content policy are kept. */
export interface Tab {
  readonly page: Page;
  /** Errors of the page's own, and breaches of its policy; answers that refuse a film are none. */
  readonly faults: string[];
  /** Paths asked of the service. */
  readonly asked: string[];
  /** Requests that went to another origin. */
  readonly elsewhere: string[];
  close(): Promise<void>;
}

export async function openTab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const asked: string[] = [];
  const elsewhere: string[] = [];
  page.on("console", (message) => {
    const refusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !refusal) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    const asks = new URL(request.url());
    if (asks.protocol === "blob:" || asks.protocol === "data:") return;
    asked.push(`${request.method()} ${asks.pathname}`);
    if (asks.origin !== new URL(url).origin) elsewhere.push(request.url());
  });
  await page.addInitScript(`document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    console.error("content policy:", violatedDirective, blockedURI));`);
  await page.goto(`${url}/`);
  await page.waitForSelector("#samples button");
  return { page, faults, asked, elsewhere, close: () => context.close() };
}

export interface DroppedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Drops files on the film's place, as a person does from a file manager. */
export async function drop(page: Page, files: readonly DroppedFile[]): Promise<void> {
  const sent = files.map(({ name, type, bytes }) => ({ name, type, base64: Buffer.from(bytes).toString("base64") }));
  const transfer = await page.evaluateHandle(`
    const made = new DataTransfer();
    for (const { name, type, base64 } of ${JSON.stringify(sent)}) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      made.items.add(new File([bytes], name, { type }));
    }
    made;`);
  await page.dispatchEvent("#stage", "drop", { dataTransfer: transfer });
}

/** Drops paths, files or folders, as the operating system does. */
export async function dropPaths(page: Page, files: readonly string[]): Promise<void> {
  const stage = (await page.locator("#stage").boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const place = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await client.send("Input.dispatchDragEvent", { type, ...place, data });
  }
  await client.detach();
}

export const answered = (page: Page) => page.waitForSelector(".finding .number:not(:empty)");

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical findings of axe-core, by rule and element. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`));
  });
}

/** Nothing went wrong in the tab, and nothing left for elsewhere. */
export function expectClean({ faults, elsewhere }: Tab): void {
  expect(faults).toEqual([]);
  expect(elsewhere).toEqual([]);
}
