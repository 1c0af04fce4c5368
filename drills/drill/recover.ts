import { cp, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Asker, answersAgain, saidOf } from "../asker.ts";
import { type Drill, must, placeOf, playRounds } from "../drill.ts";
import { childrenOf } from "../memory.ts";
import { type Serving, serving } from "../serving.ts";
import { calmRun, newFolder } from "../workshop.ts";

const CLIENTS = 2;
/** Milliseconds that a cause lasts, at most. */
const LASTS_MS = 2500;

/** Where the server and its model are. */
interface Place {
  readonly server: Serving;
  readonly models: string;
  /** The graph of the version in production. */
  readonly graph: string;
}

/** Brings a cause about. @returns what ends it */
type Cause = (place: Place, next: () => number) => Promise<() => Promise<void>>;

type Program = "model-program" | "reader-program";

async function signal({ server }: Place, program: Program, name: NodeJS.Signals): Promise<void> {
  for (const pid of await childrenOf(server.child.pid!, program)) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

const nothing = async (): Promise<void> => {};
const killed =
  (program: Program): Cause =>
  async (place) => {
    await signal(place, program, "SIGKILL");
    return nothing;
  };
const stopped =
  (program: Program): Cause =>
  async (place) => {
    await signal(place, program, "SIGSTOP");
    return () => signal(place, program, "SIGCONT");
  };

const killedAgain =
  (times: number): Cause =>
  async (place, next) => {
    for (let n = 0; n < times; n += 1) {
      await signal(place, "model-program", "SIGKILL");
      await sleep(next() * 800);
    }
    return nothing;
  };

/** The folder is away while the model's process ends. */
const away: Cause = async (place) => {
  await rename(place.models, `${place.models}.away`);
  await signal(place, "model-program", "SIGKILL");
  return () => rename(`${place.models}.away`, place.models);
};

const stillAway: Cause = async ({ models }) => {
  await rename(models, `${models}.away`);
  return () => rename(`${models}.away`, models);
};

/** A byte of the graph is another while the model's process ends. */
const damaged: Cause = async (place, next) => {
  const change = async (): Promise<void> => {
    const file = await open(place.graph, "r+");
    const byte = (await file.read(Buffer.alloc(1), 0, 1, at)).buffer[0]!;
    await file.write(Buffer.of(byte ^ 1), 0, 1, at);
    await file.close();
  };
  const at = Math.floor(next() * 1000);
  await change();
  await signal(place, "model-program", "SIGKILL");
  return change;
};

const CAUSES: Readonly<Record<string, Cause>> = {
  "the model's process killed": killed("model-program"),
  "every reader killed": killed("reader-program"),
  "the model's process stopped": stopped("model-program"),
  "every reader stopped": stopped("reader-program"),
  "the model's process killed four times": killedAgain(4),
  "the models away": away,
  "the models away, nothing killed": stillAway,
  "the model damaged": damaged,
};

/** Processes end or stand still, the model goes away or is damaged: whatever that leads to is over soon after its cause is. */
export const recover: Drill = {
  rounds: Object.keys(CAUSES).length,
  async run(options) {
    const { store: calm } = await calmRun();
    const store = await newFolder();
    await cp(calm, store, { recursive: true, preserveTimestamps: true });
    const server = await serving(store);
    const first = await server.ask(server.film);
    const said = saidOf(first);
    const models = join(store, "models");
    const version = first.headers.get("x-model-version")!;
    const place = { server, models, graph: join(models, "versions", version, "saved_model/saved_model.pb") };
    const asker = new Asker(server, CLIENTS, (answer) => {
      must([200, 503].includes(answer.status), `${answer.status} ${answer.text.slice(0, 200)}`);
      if (answer.status === 200) must(saidOf(answer) === said, "another answer to the same film");
      else must(Number(answer.headers.get("retry-after")) > 0, "503 without Retry-After");
    });
    const slowest = { seconds: 0, cause: "" };
    const names = Object.keys(CAUSES);
    const failures = await playRounds(options, async (round, next) => {
      const cause = names[placeOf(round, options.rounds, names.length, next)]!;
      const end = await CAUSES[cause]!(place, next);
      await sleep(next() * LASTS_MS);
      await end();
      const seconds = await answersAgain(server, (answer) => saidOf(answer) === said, cause);
      if (seconds > slowest.seconds) Object.assign(slowest, { seconds, cause });
      asker.check();
    });
    await asker.stop();
    await server.stop();
    const figure = `${names.length} causes; left within ${slowest.seconds.toFixed(1)} s of their end (${slowest.cause}); answers ${asker.told}`;
    return { failures, figure };
  },
};
