import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { NetworkName, Precision } from "../lib/contracts/run-config.ts";
import { InputError } from "../lib/domain/errors.ts";
import { buildNetwork } from "../lib/model/networks.ts";
import { pythonPackages } from "../test/python.ts";
import { type Measurement, median } from "./measurement.ts";

/** What every subject is asked for; it answers one line of JSON. */
export interface Task {
  /** A whole step, or the three epochs of a run whose backbone is frozen. */
  readonly work: "step" | "transfer";
  readonly network: NetworkName;
  readonly size: number;
  readonly batch: number;
  /** Of convolutions in training; tfjs-layers has float32 only, whatever is asked. */
  readonly precision: Precision;
  /** Steps that are timed, after two that are not; films of an epoch for `transfer`. */
  readonly count: number;
  /** The network as data, for subjects that build it themselves. */
  readonly layers: unknown;
}

const Answer = z.object({
  /** Of each step; of the whole work for `transfer`. */
  seconds: z.array(z.number()),
  /** Processor time of all of them, which other work on the machine hardly changes. */
  processorSeconds: z.number(),
  peakMegabytes: z.number(),
  version: z.string(),
});
type Answer = z.infer<typeof Answer>;

interface Subject {
  readonly command: () => Promise<readonly string[]>;
  readonly environment?: () => Promise<Readonly<Record<string, string>>>;
}

const here = (file: string): string => fileURLToPath(new URL(`train/${file}`, import.meta.url));
const node = (file: string): Subject => ({ command: async () => [process.execPath, "--import", "tsx", here(file)] });
const python = (file: string): Subject => ({
  command: async () => ["python3", here(file)],
  environment: async () => ({
    PYTHONPATH: await pythonPackages(fileURLToPath(new URL("requirements.txt", import.meta.url))),
  }),
});

/** Who is measured where nothing is said. */
const PEERS: Readonly<Record<string, Subject>> = {
  ours: node("ours.ts"),
  keras: python("keras_step.py"),
  pytorch: python("torch_step.py"),
  "tfjs-layers": node("tfjs-layers.ts"),
};

const oursUnder = (settings: Readonly<Record<string, string>>): Subject => ({
  ...node("ours.ts"),
  environment: async () => settings,
});

/** Our step under settings that might make it faster; docs/training-speed.md has what they bought. */
const IDEAS: Readonly<Record<string, Subject>> = {
  "ours-without-onednn": oursUnder({ TF_ENABLE_ONEDNN_OPTS: "0" }),
  "ours-one-operation": oursUnder({ TF_NUM_INTEROP_THREADS: "1" }),
  "ours-one-thread": oursUnder({ TF_NUM_INTRAOP_THREADS: "1" }),
  "ours-kept-memory": oursUnder({
    MALLOC_MMAP_THRESHOLD_: String(2 ** 31),
    MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
  }),
  "ours-xla": oursUnder({ TF_XLA_FLAGS: "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit" }),
};

const SUBJECTS = { ...PEERS, ...IDEAS };

/** The flags under which each peer is at its best here. */
const ONE_DNN = { TF_ENABLE_ONEDNN_OPTS: "1", TF_CPP_MIN_LOG_LEVEL: "3" };

/**
 * A training step of ours beside peers', or a run with a frozen backbone; each subject in a process of its own, in turn,
 * as many rounds as asked for. Figures are medians.
 */
export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      subjects: { type: "string", default: Object.keys(PEERS).join(",") },
      networks: { type: "string", default: "densenet121,vgg16,resnet50" },
      work: { type: "string", default: "step" },
      size: { type: "string", default: "224" },
      batch: { type: "string", default: "16" },
      precision: { type: "string", default: "float32" },
      count: { type: "string" },
      rounds: { type: "string", default: "5" },
    },
  });
  const work = z.enum(["step", "transfer"]).parse(values.work);
  const precision = Precision.parse(values.precision);
  const count = Number(values.count ?? (work === "step" ? 5 : 2000));
  const names = values.subjects.split(",");
  const unknown = names.find((name) => SUBJECTS[name] === undefined);
  if (unknown !== undefined) {
    throw new InputError("bench", `train: no ${unknown}, expected ${Object.keys(SUBJECTS).join(", ")}`);
  }
  const measurements: Measurement[] = [];
  for (const network of z.array(NetworkName).parse(values.networks.split(","))) {
    const { layers } = buildNetwork({ network, channels: 3, headWidth: 1024 });
    const task: Task = {
      work,
      network,
      size: Number(values.size),
      batch: Number(values.batch),
      precision,
      count,
      layers,
    };
    const answers = new Map<string, Answer[]>(names.map((name) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const name of names) {
        const answer = await ask(SUBJECTS[name]!, task);
        answers.get(name)!.push(answer);
        console.error(`${network}, round ${round + 1}, ${name}: ${median(answer.seconds).toFixed(2)} s`);
      }
    }
    for (const [name, all] of answers) measurements.push(...figures(name, task, all));
  }
  return measurements;
}

async function ask({ command, environment }: Subject, task: Task): Promise<Answer> {
  const [program, ...args] = await command();
  const env = { ...process.env, ...ONE_DNN, ...(await environment?.()) };
  const child = spawn(program!, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(task));
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${errors}`);
  return Answer.parse(JSON.parse(output.trim().split("\n").at(-1)!));
}

function figures(name: string, task: Task, answers: readonly Answer[]): Measurement[] {
  const { work, network, size, batch, count, precision } = task;
  const flags = `${network}, ${size} x ${size}, batch ${batch}, ${precision}, oneDNN on, medians of ${answers.length}`;
  const subject = `${name} (${answers[0]!.version})`;
  const one = (metric: string, unit: string, value: number): Measurement => ({
    bench: "train",
    subject,
    metric,
    value: Number(value.toPrecision(3)),
    unit,
    flags: work === "step" ? flags : `${flags}, 3 epochs of ${count} films, backbone frozen`,
  });
  const seconds = median(answers.map((answer) => median(answer.seconds)));
  const memory = one("peak memory", "GB", median(answers.map(({ peakMegabytes }) => peakMegabytes)) / 1000);
  const processor = median(answers.map(({ processorSeconds }) => processorSeconds));
  if (work === "transfer") return [one("wall time", "s", seconds), one("processor time", "s", processor), memory];
  const images = batch * answers[0]!.seconds.length;
  return [
    one("training", "images/s", batch / seconds),
    one("processor time", "s an image", processor / images),
    memory,
  ];
}
