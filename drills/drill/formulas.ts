import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { parseCsv, runningCells } from "../csv.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import { hilum } from "../processes.ts";
import { serving } from "../serving.ts";
import { objectsOf } from "../whole.ts";
import { calmRun, newFolder, smallConfig } from "../workshop.ts";

const CHROMIUM = process.env.HILUM_CHROMIUM ?? "/usr/bin/chromium";
const FILMS = 40;
/** What a page does when something of ours runs in it. */
const MARKUP = `<img src=x onerror=window.ran=1><script>window.ran=1</script>`.replaceAll("/", "&#47;");
/** Formulas, markup, and what shells, paths and terminals read. */
const NAMES: readonly string[] = [
  `=HYPERLINK("http:,,evil","x").png`,
  "+1+1.png",
  "-1+1.png",
  "@SUM(1).png",
  "\t=1+1.png",
  "\r=1+1.png",
  "\n=1+1.png",
  "\uff1d1+1.png",
  `${MARKUP}.png`,
  `"><svg onload=window.ran=1>.png`,
  "--out=elsewhere.png",
  "%2e%2e%2f..%2felsewhere.png",
  "a...png",
  "$(touch elsewhere).png",
  "\u202egnp.exe.png",
  "\u001b[31mred.png",
];

/** Our markup, had it not been made text; our own reports have no scripts. */
const executable = (html: string): RegExpExecArray | null => /<script|<iframe|<img src=x|<svg onload/i.exec(html);

/** A whole run of films whose data set has a hostile name, under a hostile description. */
async function throughARun(): Promise<string> {
  const folder = await newFolder();
  const data = join(folder, "films");
  await writePhantoms({ folder: data, seed: 4, frontalFilms: FILMS });
  const source = `=1+1${MARKUP}`;
  for (const part of ["train", "valid"]) {
    const csv = join(data, `${part}.csv`);
    const quoted = (path: string) => `"${path.replace(/^films/, source)}",`;
    const text = await readFile(csv, "utf8");
    await writeFile(
      csv,
      text.replaceAll(/^films[^,]*,/gm, (path) => quoted(path.slice(0, -1))),
    );
    await mkdir(join(data, source), { recursive: true });
    await rename(join(data, part), join(data, source, part));
  }
  const config = join(folder, "hostile.json");
  const usual = JSON.parse(await readFile(await smallConfig(), "utf8")) as object;
  await writeFile(config, JSON.stringify({ ...usual, description: `=2+3 ${MARKUP}` }));
  const store = join(folder, "store");
  const { ended, output } = hilum(["run", "--data", data, "--config", config, "--store", store]);
  must((await ended).code === 0, `the run failed: ${output.text}`);
  let [tables, pages] = [0, 0];
  for (const name of await objectsOf(store)) {
    const text = name.endsWith(".csv") || name.endsWith(".html") ? await readFile(join(store, name), "utf8") : "";
    const runs = name.endsWith(".csv") ? runningCells(text)[0] : executable(text)?.[0];
    must(runs === undefined, `${name}: ${JSON.stringify(runs)}`);
    if (name.endsWith(".csv")) tables += 1;
    if (name.endsWith(".html")) pages += 1;
  }
  must(tables > 0 && pages > 0, `${tables} tables and ${pages} pages, expected some of each`);
  return store;
}

/** A folder of films with hostile names. */
async function namedFilms(film: Uint8Array): Promise<string> {
  const folder = join(await newFolder(), "films");
  await mkdir(folder);
  for (const name of NAMES) await writeFile(join(folder, name), film);
  return folder;
}

/** `hilum predict` writes a table that is inert and has each film once, and maps nowhere but where it was told to. */
async function throughPredict(store: string, film: Uint8Array): Promise<void> {
  const folder = await namedFilms(film);
  const place = await newFolder();
  const [out, maps] = [join(place, "out.csv"), join(place, "maps")];
  const before = (await readdir(folder)).length;
  const { ended, output } = hilum(["predict", folder, "--store", store, "--out", out, "--explain", maps]);
  must((await ended).code === 0, `predict failed: ${output.text}`);
  const table = await readFile(out, "utf8");
  const runs = runningCells(table);
  must(runs.length === 0, `the table runs ${JSON.stringify(runs[0])}`);
  const films = new Set(
    parseCsv(table)
      .slice(1)
      .map(([path]) => path),
  );
  must(films.size === NAMES.length, `${films.size} films in the table, expected ${NAMES.length}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
  must(!/\u001b\[31m/.test(output.text), "a name reached the terminal as it is");
  must((await readdir(folder)).length === before, "something was written beside the films");
  const beside = (await readdir(place)).filter((name) => !["out.csv", "maps"].includes(name));
  must(beside.length === 0, `written besides: ${beside.join(", ")}`);
}

/** In Chromium: names of films and of a run's description are text, the saved table is inert, the policy was not tried. */
async function throughThePages(store: string, film: Uint8Array): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const server = await serving(store);
  try {
    const page = await browser.newPage();
    await page.addInitScript(
      `document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => { window.ran = violatedDirective; })`,
    );
    const didRun = async (where: string): Promise<void> => {
      const ran = await page.evaluate("window.ran");
      must(ran === undefined, `${where}: something ran, or was stopped by the policy: ${ran}`);
    };
    await page.goto(server.url);
    await page.waitForSelector("#samples button");
    const files = NAMES.map((name) => ({ name, mimeType: "image/png", buffer: Buffer.from(film) }));
    await page.setInputFiles("input[type=file]:not([webkitdirectory])", files);
    await page
      .locator("#strip button")
      .nth(NAMES.length - 1)
      .waitFor({ state: "attached" });
    await page.waitForSelector("#save-csv:not([disabled])", { state: "attached" });
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.evaluate(`document.querySelector("#save-csv").click()`),
    ]);
    const runs = runningCells(await readFile(await saved.path(), "utf8"));
    must(runs.length === 0, `the page's table runs ${JSON.stringify(runs[0])}`);
    await didRun("the page");
    await page.goto(`${server.url}/runs`);
    await page.waitForSelector("tbody a");
    await didRun("the list of runs");
    await page.click("tbody a");
    await page.waitForSelector("h2 .badge");
    await didRun("a run's page");
    await page.goto(`${page.url()}/report.html`);
    await didRun("the report");
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Formulas, markup and terminal codes in names, paths and descriptions: inert in every table, page and picture. */
export const formulas: Drill = {
  rounds: 1,
  async run(options) {
    const { store } = await calmRun();
    const failures = await playRounds(options, async () => {
      const server = await serving(store);
      await server.stop();
      await throughPredict(store, server.film);
      await throughThePages(await throughARun(), server.film);
    });
    return { failures, figure: `${NAMES.length} hostile names, a data set's and a description: all inert` };
  },
};
