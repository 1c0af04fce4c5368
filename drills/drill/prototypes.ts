import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Drill, must, playRounds } from "../drill.ts";
import { hilum } from "../processes.ts";
import { type Serving, serving } from "../serving.ts";
import { calmRun, newFolder, smallConfig } from "../workshop.ts";

const WRONG_INPUT = 64;
/** What the watch says (drills/faulty/prototype-watch.mjs). */
const POLLUTED = "prototype polluted";
const WATCH = { NODE_OPTIONS: `--import ${new URL("../faulty/prototype-watch.mjs", import.meta.url).href}` };

/** Keys that reach an object's prototype where one is set without care. */
const KEYS: readonly string[] = [`"__proto__":{"polluted":"yes"}`, `"constructor":{"prototype":{"polluted":"yes"}}`];

/** JSON with one of the keys at each of its objects in turn, the outermost first. */
function poisoned(value: object, key: string): string[] {
  const text = JSON.stringify(value);
  const opens = [...text.matchAll(/\{/g)].map(({ index }) => index + 1);
  return opens.map((at) => `${text.slice(0, at)}${key}${text[at] === "}" ? "" : ","}${text.slice(at)}`);
}

interface Sent {
  readonly path: string;
  readonly body: object;
}

const BODIES: readonly Sent[] = [
  { path: "/v1/predictions", body: { upload: "00000000-0000-4000-8000-000000000000" } },
  { path: "/v1/feedback", body: { labels: { Edema: 1 }, consent: false } },
  {
    path: "/v2/models/drill/infer",
    body: { inputs: [{ name: "pixels", shape: [1, 2, 2], datatype: "UINT8", data: [1, 2, 3, 4] }] },
  },
];

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty"];
const places = (name: string): readonly string[] => [
  `/v1/models/${name}`,
  `/v1/samples/${name}`,
  `/page/${name}`,
  `/runs-page/${name}`,
  `/run-data/${name}`,
  `/runs/${name}/report.html`,
  `/v2/models/${name}`,
  `/v1/openapi.json?version=${name}`,
  `/run-comparison?run=${name}`,
];

/** The API: faults of the caller every time, and the film's answer stays what it was. */
async function throughTheApi(server: Serving): Promise<number> {
  const findings = async (query = "") =>
    JSON.stringify(JSON.parse((await server.ask(server.film, query)).text).findings);
  const before = await findings();
  let sent = 0;
  const refused = (where: string, status: number): void => {
    sent += 1;
    must(status >= 400 && status < 500, `${where}: ${status}, expected a fault of the caller`);
  };
  for (const { path, body } of BODIES) {
    for (const text of KEYS.flatMap((key) => poisoned(body, key))) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${server.url}${path}`, { method: "POST", body: text, headers });
      refused(`${path} with ${text}: ${await response.text()}`, response.status);
    }
  }
  for (const name of NAMES) {
    for (const path of places(name)) {
      const response = await fetch(`${server.url}${path}`);
      await response.arrayBuffer();
      refused(path, response.status);
    }
    refused(`explain=${name}`, (await server.ask(server.film, `?explain=${name}`)).status);
    refused(`${name}=1`, (await server.ask(server.film, `?${name}=1`)).status);
  }
  must((await findings()) === before, "the same film has another answer afterwards");
  return sent;
}

/** The command line: 64 for every document and every name that is poisoned. */
async function throughTheCommands(next: () => number): Promise<number> {
  const folder = await newFolder();
  const calm = await calmRun();
  const store = await calm.storeWithout();
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(folder, { recursive: true });
    await writeFile(path, text);
    return path;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const config = JSON.parse(await readFile(await smallConfig(), "utf8")) as object;
  const name = pick(NAMES);
  const run = calm.arguments(store);
  const withConfig = (path: string) => run.map((part, i) => (run[i - 1] === "--config" ? path : part));
  const channels = join(store, "models/channels.json");
  const whole = await readFile(channels, "utf8");
  const calls: readonly (readonly [what: string, args: readonly string[], poison?: string])[] = [
    ["a configuration", withConfig(await file("a.json", pick(poisoned(config, KEYS[0]!))))],
    ["a configuration", withConfig(await file("b.json", pick(poisoned(config, KEYS[1]!))))],
    ["a preset's name", withConfig(name)],
    ["a protocol", [...run, "--protocol", name]],
    ["a run's name", ["runs", "show", name, "--store", store]],
    ["a version's name", ["models", "promote", name, "--store", store]],
    ["a model's place", ["serve", "--model", `${store}#${name}`, "--port", "0"]],
    ["channels", ["models", "list", "--store", store], pick(poisoned(JSON.parse(whole), pick(KEYS)))],
  ];
  for (const [what, args, poison] of calls) {
    await writeFile(channels, poison ?? whole);
    const { ended, output } = hilum(args, WATCH);
    const { code } = await ended;
    must(code === WRONG_INPUT, `${what} (${name}): ended with ${code}: ${output.text}`);
    must(!output.text.includes(POLLUTED), `${what}: ${output.text}`);
  }
  return calls.length;
}

/** `__proto__` and its kin in every JSON input and every name: refused, and no object has what they say. */
export const prototypes: Drill = {
  rounds: 1,
  async run(options) {
    let inputs = 0;
    const { store } = await calmRun();
    const failures = await playRounds(options, async (_, next) => {
      const server = await serving(store, ["--feedback", await newFolder()], WATCH);
      inputs += await throughTheApi(server);
      await server.stop();
      must(!server.output.text.includes(POLLUTED), `the server: ${server.output.text}`);
      inputs += await throughTheCommands(next);
    });
    return { failures, figure: `${inputs} inputs refused, no object's prototype touched` };
  },
};
