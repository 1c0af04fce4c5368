import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { quantile, serving } from "../serving.ts";
import { calmRun } from "../workshop.ts";

const CLIENTS = 200;
const DROPPED_SECONDS = 20;

const HEADERS =
  "POST /v1/predictions HTTP/1.1\r\nhost: drill\r\ncontent-type: image/png\r\ncontent-length: 1000000\r\n\r\n";

/** What a client does once it is connected, each second; the first thing at once. */
const KINDS: readonly ((socket: Socket, second: number) => void)[] = [
  () => {},
  (socket, second) => void socket.write(HEADERS.slice(second, second + 1)),
  (socket, second) => void socket.write(second === 0 ? HEADERS : "x"),
  (socket, second) => void (second === 0 && socket.write(HEADERS + "x".repeat(30_000))),
];

/** Connects and dawdles; resolves with the seconds after which it was dropped. */
function dawdle(port: number, kind: (typeof KINDS)[number]): Promise<number> {
  return new Promise((resolve) => {
    const begin = performance.now();
    const socket = connect(port, "127.0.0.1");
    let second = 0;
    const act = () => kind(socket, second++);
    const acting = setInterval(act, 1000);
    socket.on("connect", act).on("error", () => {});
    socket.resume().on("close", () => {
      clearInterval(acting);
      resolve((performance.now() - begin) / 1000);
    });
  });
}

/** Predictions of a quiet server, before and again after the clients, that theirs are compared with. */
const QUIET = 60;
/** How much longer others may wait than on a quiet server, at the 95th percentile. */
const SLOWER = 2;

/** 200 clients that send nothing, headers or bodies by the byte, or stop half-way: each is dropped, others are answered as ever. */
export const slow: Drill = {
  rounds: 1,
  async run(options) {
    const { store } = await calmRun();
    const server = await serving(store);
    const { film } = server;
    const waits = { quiet: [] as number[], meanwhile: [] as number[] };
    const ask = async (when: keyof typeof waits): Promise<void> => {
      const { status, milliseconds } = await server.ask(film);
      must(status === 200, `answered ${status} ${when}`);
      waits[when].push(milliseconds);
      await sleep(20);
    };
    const whileQuiet = async (): Promise<void> => {
      for (let n = 0; n < QUIET; n += 1) await ask("quiet");
    };

    let slowest = 0;
    const failures = await playRounds(options, async () => {
      for (let n = 0; n < QUIET; n += 1) await server.ask(film);
      await whileQuiet();
      const begin = performance.now();
      const dropped = Array.from({ length: CLIENTS }, (_, n) =>
        dawdle(Number(new URL(server.url).port), KINDS[n % KINDS.length]!),
      );
      let all = false;
      void Promise.all(dropped).then((times) => {
        all = true;
        slowest = Math.max(slowest, ...times);
      });
      while (!all && performance.now() - begin < DROPPED_SECONDS * 1000) await ask("meanwhile");
      must(all, `clients are still connected after ${DROPPED_SECONDS} s`);
      await whileQuiet();
      const [quiet, meanwhile] = [quantile(waits.quiet, 0.95), quantile(waits.meanwhile, 0.95)];
      must(
        meanwhile < SLOWER * quiet,
        `others waited ${meanwhile.toFixed(0)} ms at the 95th percentile, ${quiet.toFixed(0)} ms on a quiet server`,
      );
    });
    await server.stop();
    const p95 = (when: keyof typeof waits) => `${quantile(waits[when], 0.95).toFixed(0)} ms`;
    const figure = `${CLIENTS} dropped within ${slowest.toFixed(1)} s; ${waits.meanwhile.length} others answered meanwhile, p95 ${p95("meanwhile")}, on a quiet server ${p95("quiet")}`;
    return { failures, figure };
  },
};
