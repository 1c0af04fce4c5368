import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { ModelCard } from "../../../lib/contracts/model-card.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import type { TestedFilms } from "../../../lib/domain/tested-films.ts";
import { compareRuns } from "../../../lib/runs/compare-runs.ts";
import { runLister } from "../../../lib/runs/list-runs.ts";
import { type RunView, readRun } from "../../../lib/runs/read-run.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import type { Store } from "../../../lib/store/store.ts";
import type { AppEnv } from "../app-env.ts";
import { RUNS_PAGE, readPageFiles } from "../page-files.ts";
import { send } from "./page.ts";

/** Runs side by side at most. */
const MOST = 12;

/** The report has its style within and pictures as data; nothing in it runs. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Reads what each model said of its test films once: a page asks again and again. */
function testedReader(runs: Store): (view: RunView) => Promise<TestedFilms | null> {
  const known = new Map<string, Promise<TestedFilms | null>>();
  return async ({ run, figures }) => {
    if (figures === null) return null;
    const key = `${run} ${figures.model}`;
    const found = known.get(key) ?? read(run);
    if (known.size >= MOST) known.delete(known.keys().next().value!);
    known.set(key, found);
    return found;
  };
  async function read(run: string): Promise<TestedFilms | null> {
    const { readTestedFilms } = await import("../../../lib/evaluation/tested-films.ts");
    // Without it the comparison is the same but for the paired differences.
    return readTestedFilms(runs, runKeys(run).predictions).catch(() => null);
  }
}

/** Names under which this machine alone reaches itself: a page of elsewhere can't read the runs by a name of its own. */
const OWN_NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

export interface RunRoutes {
  /** Whether a model's page is at `/`; answers have a link to it then. */
  readonly besideModel: boolean;
}

/**
 * The page about a store's runs and what it reads, for the server on one machine: a report shows films. Reads the store
 * alone, so that it works on a finished, a running and a copied run.
 */
export function runRoutes(app: OpenAPIHono<AppEnv>, runs: Store, { besideModel }: RunRoutes): void {
  const files = readPageFiles(RUNS_PAGE);
  const get = (path: string, answer: (c: Context<AppEnv>) => Response | Promise<Response>): void => {
    app.get(path, (c) => {
      if (OWN_NAMES.test(c.req.header("host") ?? "")) return answer(c);
      throw new InputError("not-found", `${c.req.path}: expected to be asked for on localhost`);
    });
  };
  const nameIn = (c: Context<AppEnv>): string => c.req.param("run") ?? "";
  const fresh = { "cache-control": "no-store", ...(besideModel && { link: '</>; rel="related"' }) };

  get("/runs", (c) => send(c, files.get("index.html")));
  get("/runs/:run", (c) => send(c, files.get("index.html")));
  get("/runs-page/:file", (c) => send(c, files.get(c.req.param("file") ?? "")));
  const tested = testedReader(runs);
  const list = runLister(runs);
  get("/run-data", async (c) => c.json(await list(), 200, fresh));
  get("/run-data/:run", async (c) => c.json(await readRun(runs, nameIn(c)), 200, fresh));
  get("/run-comparison", async (c) => {
    const names = [...new Set(c.req.queries("run"))];
    if (names.length === 0 || names.length > MOST)
      throw new InputError("bad-query", `run: expected 1 to ${MOST} names`);
    const views = await Promise.all(names.map((name) => readRun(runs, name)));
    return c.json(compareRuns(views, await Promise.all(views.map(tested))), 200, fresh);
  });
  get("/runs/:run/report.html", async (c) => {
    const { run } = await readRun(runs, nameIn(c));
    const report = new Uint8Array(await runs.get(runKeys(run).report));
    c.set("contentPolicy", REPORT_POLICY);
    return c.body(report, 200, { ...fresh, "content-type": "text/html; charset=utf-8" });
  });
  get("/runs/:run/model-card.html", async (c) => {
    const { run } = await readRun(runs, nameIn(c));
    const card = await readDocument(runs, runKeys(run).card, ModelCard);
    const { renderModelCard } = await import("../../../lib/report/model-card.ts");
    c.set("contentPolicy", REPORT_POLICY);
    return c.body(renderModelCard(card), 200, { ...fresh, "content-type": "text/html; charset=utf-8" });
  });
  get("/runs/:run/model-card.json", async (c) => {
    const { run } = await readRun(runs, nameIn(c));
    const card = new Uint8Array(await runs.get(runKeys(run).card));
    return c.body(card, 200, { ...fresh, "content-type": "application/json" });
  });
}
