import { setTimeout as sleep } from "node:timers/promises";
import { must } from "./drill.ts";
import { hilumAfter, type Running } from "./processes.ts";

const ADDRESS = /^http:\S+$/m;
const READY_MS = 30_000;

export interface Serving extends Running {
  readonly url: string;
  /** One of the films to try, as PNG. */
  readonly film: Uint8Array<ArrayBuffer>;
  /** Sends a film, or what is said to be one; the answer is read whole. */
  ask(film: Uint8Array<ArrayBuffer>, query?: string): Promise<Answer>;
  /** Resolves once it says that it answers; throws where it does not within half a minute. */
  ready(): Promise<void>;
  /** Asks it to end, and expects a good end. */
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** From the first byte sent to the last one read. */
  readonly milliseconds: number;
}

/** `hilum serve` over a store, ready. @param words of a shell before it, as hilumAfter */
export async function serving(
  store: string,
  more: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  words = ":",
): Promise<Serving> {
  const running = hilumAfter(words, ["serve", "--port", "0", "--store", store, ...more], environment);
  await running.says(ADDRESS);
  const url = ADDRESS.exec(running.output.text)?.[0];
  must(url !== undefined, `it does not serve: ${running.output.text}`);
  const { samples } = (await (await fetch(`${url}/v1/samples`)).json()) as { samples: { name: string }[] };
  const film = new Uint8Array(await (await fetch(`${url}/v1/samples/${samples[0]!.name}`)).arrayBuffer());
  return {
    ...running,
    url,
    film,
    async ask(body, query = "") {
      const begin = performance.now();
      const headers = { "content-type": "application/octet-stream" };
      const response = await fetch(`${url}/v1/predictions${query}`, { method: "POST", body, headers });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        milliseconds: performance.now() - begin,
      };
    },
    async ready() {
      for (const end = performance.now() + READY_MS; ; await sleep(100)) {
        const { ok } = await fetch(`${url}/v2/health/ready`);
        if (ok) return;
        must(performance.now() < end, `not ready after ${READY_MS / 1000} s`);
      }
    },
    async stop() {
      running.child.kill("SIGTERM");
      must((await running.ended).code === 0, `the server ended badly: ${running.output.text}`);
    },
  };
}

/** A quantile of measurements, by the nearest one. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
