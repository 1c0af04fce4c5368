import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { startThread } from "../lib/parallel/start-thread.ts";
import { type Measurement, quantile } from "./measurement.ts";

const SERVER = fileURLToPath(new URL("serve/server.ts", import.meta.url));
const HEALTH = new URL("serve/health.ts", import.meta.url);
/** Seconds of load that are not counted. */
const WARM_UP = 3;

/**
 * The local server under load on loopback, films sent as fast as they are answered on so many connections; who is told
 * to come again (503) comes again at once. Health is asked for all the while from beside.
 */
export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      network: { type: "string", default: "densenet121" },
      size: { type: "string", default: "224" },
      connections: { type: "string", default: "1,8,64" },
      seconds: { type: "string", default: "20" },
    },
  });
  const { network, size } = values;
  const server = spawn(process.execPath, ["--import", "tsx", SERVER, network, size], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const [url] = (await once(createInterface(server.stdout), "line")) as [string];
    const film = Buffer.from(await (await fetch(`${url}/v1/samples/effusion`)).arrayBuffer());
    const measurements: Measurement[] = [];
    await load(url, film, 1, WARM_UP);
    for (const connections of values.connections.split(",").map(Number)) {
      const figures = await load(url, film, connections, Number(values.seconds));
      const flags = `${network}, ${size} x ${size}, ${connections} connections, ${values.seconds} s`;
      measurements.push(
        ...figures.map((figure) => ({ bench: "serve", subject: "the local server", flags, ...figure })),
      );
    }
    return measurements;
  } finally {
    server.stdin.end();
    if (server.exitCode === null) await once(server, "exit");
  }
}

type Figure = Pick<Measurement, "metric" | "value" | "unit">;

async function load(url: string, film: Buffer, connections: number, seconds: number): Promise<Figure[]> {
  const answered: number[] = [];
  let busy = 0;
  let errors = 0;
  const health = startThread(HEALTH, { workerData: `${url}/v1/health/ready` });
  const cannon = autocannon(
    {
      url: `${url}/v1/predictions`,
      method: "POST",
      headers: { "content-type": "image/png" },
      body: film,
      connections,
      duration: seconds,
      timeout: 60,
    },
    () => {},
  );
  const done = once(cannon, "done");
  cannon.on("response", (_, status, __, milliseconds) => {
    if (status === 200) answered.push(milliseconds);
    else if (status === 503) busy += 1;
    else errors += 1;
  });
  cannon.on("reqError", () => {
    errors += 1;
  });
  const [result] = (await done) as [autocannon.Result];
  health.postMessage("over");
  const [waits] = (await once(health, "message")) as [number[]];
  const figure = (metric: string, unit: string, value: number): Figure => ({
    metric,
    unit,
    value: Number(value.toPrecision(3)),
  });
  return [
    figure("films answered", "films/s", answered.length / result.duration),
    ...[0.5, 0.95, 0.99].map((share) => figure(`answer, p${100 * share}`, "ms", quantile(answered, share))),
    figure("told to come again (503)", "requests/s", busy / result.duration),
    figure("other errors", "requests", errors),
    figure("health, p99", "ms", quantile(waits, 0.99)),
    figure("health, slowest", "ms", Math.max(...waits)),
  ];
}
