import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { hilum } from "../processes.ts";
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

/** 200 clients that send nothing, headers or bodies by the byte, or stop half-way: each is dropped, and others get through. */
export const slow: Drill = {
  rounds: 1,
  async run(options) {
    const { store } = await calmRun();
    const server = hilum(["serve", "--port", "0", "--store", store]);
    await server.says(/^http:\S+$/m);
    const url = /^http:\S+$/m.exec(server.output.text)?.[0];
    must(url !== undefined, `it does not serve: ${server.output.text}`);
    const { samples } = (await (await fetch(`${url}/v1/samples`)).json()) as { samples: { name: string }[] };
    const film = await (await fetch(`${url}/v1/samples/${samples[0]!.name}`)).arrayBuffer();
    const headers = { "content-type": "image/png" };
    const ask = async (): Promise<Response> => {
      const response = await fetch(`${url}/v1/predictions`, { method: "POST", body: film, headers });
      await response.arrayBuffer();
      return response;
    };

    const statuses = new Map<number, number>();
    let [slowest, lastRefusal] = [0, 0];
    const failures = await playRounds(options, async () => {
      must((await ask()).status === 200, "it does not answer while nobody dawdles");
      const begin = performance.now();
      const seconds = () => (performance.now() - begin) / 1000;
      const dropped = Array.from({ length: CLIENTS }, (_, n) =>
        dawdle(Number(new URL(url).port), KINDS[n % KINDS.length]!),
      );
      let all = false;
      const everyone = Promise.all(dropped).then((times) => {
        all = true;
        slowest = Math.max(slowest, ...times);
      });
      while (!all && seconds() < DROPPED_SECONDS) {
        const { status, headers: answered } = await ask();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        must(status === 200 || (status === 503 && answered.has("retry-after")), `answered ${status} meanwhile`);
        if (status === 503) lastRefusal = Math.max(lastRefusal, seconds());
        await Promise.race([sleep(200), everyone]);
      }
      must(all, `clients are still connected after ${DROPPED_SECONDS} s`);
      must((await ask()).status === 200, "it does not answer after they are gone");
    });
    server.child.kill("SIGTERM");
    must((await server.ended).code === 0, `the server ended badly: ${server.output.text}`);
    const answers = [...statuses].map(([status, times]) => `${times} x ${status}`).join(", ");
    const figure = `${CLIENTS} dropped within ${slowest.toFixed(1)} s; others meanwhile ${answers}, the last 503 after ${lastRefusal.toFixed(1)} s`;
    return { failures, figure };
  },
};
