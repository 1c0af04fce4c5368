import { join } from "node:path";
import type { Command } from "commander";
import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { duration } from "../../lib/domain/duration.ts";
import { DEMO } from "../../lib/domain/provenance.ts";
import { createScreen } from "../../lib/local/display/create-screen.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { roomsOf, storeUri } from "../../lib/store/open.ts";
import { loadConfig } from "../cli/config.ts";
import { feedbackOf, locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";
import { asPath } from "../cli/places.ts";
import { stoppable } from "../cli/stop.ts";
import { printRun } from "../cli/tell-run.ts";

interface DemoOptions {
  readonly store: string;
  readonly serve: boolean;
  readonly port?: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Enough for 30 positives of each planted observation among the test patients. */
const FRONTAL_FILMS = 2000;

export function registerDemo(program: Command): void {
  program
    .command("demo")
    .description("the whole way on generated films: prepare, train, evaluate, promote, serve")
    .addOption(option.store())
    .addOption(option.seed())
    .option("--no-serve", "stop when the model is made")
    .addOption(option.port())
    .addOption(option.json())
    .addHelpText("after", "\nExample:\n  $ hilum demo --no-serve --seed 2\n")
    .action(async ({ store, serve, port, seed, json }: DemoOptions) => {
      const { startRun } = await import("../cli/start-run.ts");
      const config = withSeed(await loadConfig(DEMO), seed);
      // The page about the run, where the model's own will be.
      const watch = serve
        ? await (await import("../cli/serve.ts")).watchRuns(roomsOf(store).HILUM_RUNS, port)
        : undefined;
      if (watch) console.error(`Watch it at ${watch.url}/runs`);
      const report = await stoppable("the same command goes on from here", async (signal) => {
        const data = await makeFilms(store, seed, signal);
        return startRun({ data, config, store, signal, parallel: 1 });
      }).finally(() => watch?.close());
      printRun(report, json, { serving: serve });
      if (!serve) return;
      const { serveUntilStopped } = await import("../cli/serve.ts");
      await serveUntilStopped({
        ...(await locateModel(undefined, store)),
        ...(watch && { port: Number(new URL(watch.url).port) }),
        runs: roomsOf(store).HILUM_RUNS,
        feedback: feedbackOf(store),
      });
    });
}

const withSeed = (config: RunConfig, seed: number): RunConfig => ({
  ...config,
  seed,
  training: { ...config.training, seeds: config.training.seeds.map((member) => member - 1 + seed) },
});

/** Draws the films beside the store's rooms, or on this machine where the store is not; once a seed. */
async function makeFilms(store: string, seed: number, signal: AbortSignal): Promise<string> {
  const place = store.startsWith("file:") ? asPath(store) : ".hilum";
  const folder = join(place, `phantoms-${seed}`);
  const screen = createScreen(process.stderr, process.env);
  const start = performance.now();
  const reporter = createReporter("films", {
    emit: (event) => event.event === "progress" && screen.progress("films", "", event),
  });
  const { writePhantoms } = await import("../../lib/phantoms/write-phantoms.ts");
  screen.begin("films");
  try {
    await writePhantoms({
      folder,
      seed,
      frontalFilms: FRONTAL_FILMS,
      onProgress: (done, total) => {
        signal.throwIfAborted();
        reporter.progress({ done, total, unit: "films" });
      },
    });
    screen.end("films", "done", duration(performance.now() - start));
  } finally {
    screen.close();
  }
  return storeUri(folder);
}
