import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { python, pythonPackages } from "../../test/python.ts";
import { freePort } from "../../test/versitygw.ts";

/** moto's server: an emulator of AWS in one process (https://docs.getmoto.org/en/latest/docs/server_mode.html). */
export const EMULATOR = "moto 5.2.5";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const REQUIREMENTS = `${HERE}requirements.txt`;

/** The account that moto plays, and where. */
export const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";

/** What the emulator's CloudFormation does with a type of resource, besides making it. */
export type Facts = Readonly<Record<string, { readonly update: boolean; readonly remove: boolean }>>;

export type Inventory = Readonly<Record<string, readonly string[]>>;

/** What deployed resources are, in the order in which they were asked for. */
export interface Looked {
  readonly schedules: readonly string[];
  readonly environments: readonly Readonly<Record<string, string>>[];
}

/** The emulated account; what each call does stands in account.py. */
export interface Emulator {
  /** What a program needs in its environment to reach it; every service is there. */
  readonly environment: Readonly<Record<string, string>>;
  readonly facts: Facts;
  prepare(images: readonly (readonly [repository: string, tag: string])[]): Promise<string>;
  buckets(settings: Readonly<Record<string, readonly [versioned: boolean, tells: boolean]>>): Promise<void>;
  queues(names: readonly string[]): Promise<void>;
  receive(names: readonly string[]): Promise<readonly { readonly queue: string; readonly event: object }[]>;
  tell(source: string, detailType: string, detail: object, resources?: readonly string[]): Promise<void>;
  function(name: string, bucket: string, key: string, folder: string): Promise<Readonly<Record<string, string>>>;
  look(rules: readonly string[], functions: readonly string[]): Promise<Looked>;
  withoutOutputs(stacks: readonly string[]): Promise<void>;
  inventory(): Promise<Inventory>;
  /** The last error in its log, as Python tells it. */
  lastError(): string | undefined;
  stop(): Promise<void>;
}

/** Letters of the emulator's log that are kept. */
const LOG_LENGTH = 200_000;

/** How long it may take to start; it imports most of its services. */
const START_MS = 60_000;

export async function startEmulator(): Promise<Emulator> {
  const packages = await pythonPackages(REQUIREMENTS);
  const port = await freePort();
  const server = spawn("python3", ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)], {
    env: { ...process.env, PYTHONPATH: packages },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  server.stderr.on("data", (piece) => {
    log = (log + piece).slice(-LOG_LENGTH);
  });
  process.once("exit", () => server.kill());
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(`${endpoint}/moto-api/`, server);
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const account = await readFile(`${HERE}account.py`, "utf8");
  const call = <T>(verb: string, ...args: readonly unknown[]) =>
    python<T>(account, [verb, args], REQUIREMENTS, environment);
  return {
    environment,
    facts: await emulatorFacts(),
    prepare: (images) => call("prepare", images),
    buckets: (settings) => call("buckets", settings),
    queues: (names) => call("queues", names),
    receive: (names) => call("receive", names),
    tell: (source, detailType, detail, resources = []) => call("tell", source, detailType, detail, resources),
    function: (name, bucket, key, folder) => call("function", name, bucket, key, folder),
    look: (rules, functions) => call("look", rules, functions),
    withoutOutputs: (stacks) => call("without_outputs", stacks),
    inventory: () => call("inventory"),
    lastError: () =>
      /.*Traceback \(most recent call last\):\n((?: .*\n)*\S.*)/s.exec(log)?.[1]?.split("\n").slice(-5).join("\n"),
    async stop() {
      if (server.exitCode === null && server.kill()) await once(server, "exit");
    },
  };
}

/** What it says of itself, without being started. */
export const emulatorFacts = async (): Promise<Facts> =>
  python<Facts>(await readFile(`${HERE}facts.py`, "utf8"), null, REQUIREMENTS);

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (const end = Date.now() + START_MS; ; await sleep(100)) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    if (Date.now() > end || server.exitCode !== null) {
      server.kill();
      throw new Error(`${EMULATOR} did not start (exit code ${server.exitCode})`);
    }
  }
}
