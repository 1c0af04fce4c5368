/**
 * From the start of the API's process to its first answer: the image's own files on this machine's disk, the page cache
 * dropped before each round (which needs root), the model on an S3 server of this machine. What Lambda adds to that,
 * fetching the image's blocks and starting a machine, is not in it.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { makeSamples } from "../functions/api/samples.ts";
import { NetworkName } from "../lib/contracts/run-config.ts";
import { InputError } from "../lib/domain/errors.ts";
import { promote } from "../lib/registry/channels.ts";
import { openStore } from "../lib/store/open.ts";
import { publishRandomModel } from "../test/lib/inference/published-model.ts";
import { noServer, type S3Server, startS3Server } from "../test/versitygw.ts";
import { type Measurement, median } from "./measurement.ts";

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DROP_CACHES = "/proc/sys/vm/drop_caches";

/** What one start says of itself. */
const Start = z.object({
  /** Seconds until the program was loaded and the model had run once; until the answer. */
  ready: z.number(),
  answered: z.number(),
  /** Read from the disk by the process and its predictor. */
  megabytesRead: z.number(),
  /** Processor time of both. */
  processorSeconds: z.number(),
});
type Start = z.infer<typeof Start>;

/** Calls the handler as Lambda's client does, and tells what that took since the process began. */
const HARNESS = `
import { readFileSync } from "node:fs";
const [, , main, eventFile] = process.argv;
const { handler } = await import(main);
const ready = performance.now() / 1000;
const answer = await handler(JSON.parse(readFileSync(eventFile, "utf8")), {});
const answered = performance.now() / 1000;
if (answer.statusCode !== 200) throw new Error(answer.body);
const children = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim().split(" ");
const all = ["self", ...children];
const bytes = all.map((id) => Number(/read_bytes: (\\d+)/.exec(readFileSync("/proc/" + id + "/io", "utf8"))[1]));
const ticks = all.map((id) => readFileSync("/proc/" + id + "/stat", "utf8").split(") ")[1].split(" "));
const sum = (values) => values.reduce((a, b) => a + b, 0);
console.log(JSON.stringify({
  ready, answered, megabytesRead: sum(bytes) / 1e6,
  processorSeconds: sum(ticks.map((fields) => Number(fields[11]) + Number(fields[12]))) / 100,
}));
process.exit();
`;

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "20" },
      network: { type: "string", default: "densenet121" },
      size: { type: "string", default: "320" },
    },
  });
  if (noServer) throw new InputError("bench", `coldstart: ${noServer}`);
  if (process.getuid?.() !== 0) throw new InputError("bench", "coldstart: only root may drop the page cache");
  const network = NetworkName.parse(values.network);
  const size = Number(values.size);
  const folder = await mkdtemp(join(tmpdir(), "hilum-coldstart-"));
  let server: S3Server | undefined;
  try {
    const program = join(folder, "app");
    const images = join(ROOT, "containers/images");
    await execute(process.execPath, [join(images, "program.mjs"), "api", program], { cwd: ROOT });
    const engine = ["@tensorflow/tfjs-node", join(program, "node_modules")];
    await execute(process.execPath, [join(images, "engine.mjs"), ...engine], { cwd: ROOT });
    server = await startS3Server();
    Object.assign(process.env, server.environment);
    const models = await server.bucket("models");
    const model = { network, channels: 3, headWidth: 1024, normalisation: "imagenet" } as const;
    const { version } = await publishRandomModel(openStore(models), { kind: "identity" }, [], {}, { model, size });
    await promote(openStore(models), version);
    const harness = join(folder, "harness.mjs");
    await writeFile(harness, HARNESS);
    const event = join(folder, "event.json");
    await writeFile(event, JSON.stringify(await filmEvent()));

    const starts: Start[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const cache = await mkdtemp(join(folder, "cache-"));
      await execute("sync");
      await writeFile(DROP_CACHES, "3");
      const child = spawn(process.execPath, [harness, pathToFileURL(join(program, "main.js")).href, event], {
        env: { ...process.env, HILUM_MODELS: models, HILUM_CACHE: cache, NODE_ENV: "production" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [output, errors, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      if (code !== 0) throw new Error(`the API ended with ${code}: ${errors}`);
      starts.push(Start.parse(JSON.parse(output.trim().split("\n").at(-1)!)));
      console.error(`round ${round + 1}: ${starts.at(-1)!.answered.toFixed(2)} s`);
    }
    return figures(starts, `${network}, ${size} x ${size}, page cache dropped, ${starts.length} starts`);
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A film as API Gateway hands it over. */
async function filmEvent() {
  const [sample] = await makeSamples();
  return {
    httpMethod: "POST",
    path: "/v1/predictions",
    headers: { host: "api.example", "content-type": "image/png" },
    multiValueHeaders: {},
    queryStringParameters: null,
    requestContext: { requestId: "1", identity: {} },
    body: Buffer.from(sample!.png).toString("base64"),
    isBase64Encoded: true,
  };
}

function figures(starts: readonly Start[], flags: string): Measurement[] {
  const of = (pick: (start: Start) => number) => starts.map(pick).toSorted((a, b) => a - b);
  const p95 = (sorted: readonly number[]) => sorted[Math.ceil(sorted.length * 0.95) - 1]!;
  const one = (metric: string, unit: string, value: number): Measurement => ({
    bench: "coldstart",
    subject: "API",
    metric,
    value: Number(value.toPrecision(3)),
    unit,
    flags,
  });
  const answered = of((start) => start.answered);
  return [
    one("first answer, median", "s", median(answered)),
    one("first answer, p95", "s", p95(answered)),
    one("ready, median", "s", median(of((start) => start.ready))),
    one("read from disk, median", "MB", median(of((start) => start.megabytesRead))),
    one("processor time, median", "s", median(of((start) => start.processorSeconds))),
  ];
}
