import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type Drill, must, playRounds } from "../drill.ts";
import { residentBytes } from "../memory.ts";
import { start } from "../processes.ts";
import { type Answer, quantile, serving } from "../serving.ts";
import { calmRun } from "../workshop.ts";

const CROWD = 100;
const EXPLAINED = "?explain=all";
/** Films after which memory is expected to be settled: so many, or this share of all where that is more. */
const WARM_UP = { films: 300, share: 0.2 } as const;
/** Of the memory after the warm-up. */
const DRIFT = 0.05;
/**
 * A run this long has taken the last step of V8's young generation (16 MB in each of the two processes) while it warmed
 * up; in a shorter one both may still come.
 */
const LONG = { films: 5000, stepBytes: 2 * 16 * 2 ** 20 } as const;
/** Films that come together are computed together: their numbers differ in the last digits of 32 bits. */
const CLOSE = 1e-5;
/** Films between two looks at the memory; what is told is the median of so many looks. */
const LOOK_EVERY = 20;
const LOOKS = 10;

interface Prediction {
  readonly id: string;
  readonly findings: readonly unknown[];
}

/** Where two answers differ by more than rounding; undefined where they don't. */
function difference(a: unknown, b: unknown, where = "answer"): string | undefined {
  if (typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(a))) return;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) ? undefined : `${where}: ${JSON.stringify(a)}, then ${JSON.stringify(b)}`;
  }
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = difference(a[name as keyof typeof a], b[name as keyof typeof b], `${where}.${name}`);
    if (found !== undefined) return found;
  }
}

/** What an answer says of the film; each has an id of its own. */
const saidBy = ({ text }: Answer): unknown => ({ ...(JSON.parse(text) as Prediction), id: "" });

/** 100 films at once, then one after another with heat maps: every answer as a single one's, memory level. */
export const crowd: Drill = {
  rounds: 300,
  async run({ rounds, seed }) {
    const { store } = await calmRun();
    const server = await serving(store);
    const { samples } = (await (await fetch(`${server.url}/v1/samples`)).json()) as { samples: { name: string }[] };
    const films = await Promise.all(
      samples.map(async ({ name }) => {
        const sample = await fetch(`${server.url}/v1/samples/${name}`);
        return new Uint8Array(await sample.arrayBuffer());
      }),
    );
    const filmOf = (n: number) => films[n % films.length]!;
    const alone: unknown[] = [];
    for (const film of films) alone.push(saidBy(await server.ask(film, EXPLAINED)));

    let refused = 0;
    /** Asks until it is answered; whoever is refused comes again when he was told to. */
    const answered = async (n: number): Promise<void> => {
      for (;;) {
        const answer = await server.ask(filmOf(n), EXPLAINED);
        if (answer.status === 200) {
          const different = difference(alone[n % films.length], saidBy(answer));
          return must(different === undefined, `film ${n}: ${different}`);
        }
        const wait = Number(answer.headers.get("retry-after"));
        must(answer.status === 503 && wait > 0, `film ${n}: ${answer.status}, expected 200, or 503 with Retry-After`);
        refused += 1;
        await sleep(wait * 1000);
      }
    };
    const warmUp = Math.max(WARM_UP.films, Math.round(WARM_UP.share * rounds));
    const memory = { before: 0, after: 0 };
    const inARow = async (count: number): Promise<number> => {
      const looks: number[] = [];
      for (let n = 0; n < count; n += 1) {
        await answered(n);
        if (n % LOOK_EVERY === 0) looks.push(await residentBytes(server.child.pid!));
      }
      return quantile(looks.slice(-LOOKS), 0.5);
    };
    const plays: Readonly<Record<string, () => Promise<void>>> = {
      async together() {
        await Promise.all(Array.from({ length: CROWD }, (_, n) => answered(n)));
      },
      async inARow() {
        memory.before = await inARow(warmUp);
        memory.after = await inARow(rounds);
        const [before, after] = [memory.before, memory.after].map((bytes) => (bytes / 2 ** 20).toFixed(0));
        const steps = rounds < LONG.films ? LONG.stepBytes : 0;
        const isLevel = memory.after < memory.before * (1 + DRIFT) + steps;
        must(isLevel, `the server and its predictor grew from ${before} to ${after} MiB over ${rounds} films`);
      },
      async tensors() {
        const environment = { HILUM_MODELS: `${pathToFileURL(store).href}/models` };
        const { ended, output } = start("drills/predictor-vitals.ts", [`${warmUp}`, `${rounds}`], environment);
        must((await ended).code === 0, `the predictor failed: ${output.text}`);
        const lines = output.text.split("\n").filter((line) => line.startsWith("{"));
        const [before, after] = lines.map((line) => (JSON.parse(line) as { tensors: number }).tensors);
        must(before !== undefined && before === after, `${before} tensors, then ${after}`);
      },
    };
    const names = Object.keys(plays);
    const failures = await playRounds({ rounds: names.length, seed }, (round) => plays[names[round]!]!());
    await server.stop();
    const drift = (100 * (memory.after / memory.before - 1)).toFixed(1);
    const figure = `${CROWD} at once (${refused} told to come again), ${rounds} in a row: all as a single one's; memory ${drift} %, tensors level`;
    return { failures, figure };
  },
};
