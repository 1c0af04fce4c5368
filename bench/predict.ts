import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { ModelConfig, NetworkName } from "../lib/contracts/run-config.ts";
import { InputError } from "../lib/domain/errors.ts";
import { random } from "../lib/domain/random.ts";
import { initialWeights } from "../lib/model/initial-weights.ts";
import { buildNetwork } from "../lib/model/networks.ts";
import { writeServingGraph } from "../lib/model/serving-graph.ts";
import type { Weights } from "../lib/model/weights.ts";
import { pythonPackages } from "../test/python.ts";
import { type Measurement, median } from "./measurement.ts";
import { onnxRuntimeFolder } from "./onnx-runtime-package.ts";

/** What every subject is asked for; it answers one line of JSON. */
export interface Task {
  readonly model: ModelConfig;
  readonly size: number;
  /** The network as data, for subjects that build it themselves. */
  readonly layers: unknown;
  /** `weights.bin` (float32, little endian), `pixels.bin` (uint8 [8, size, size]), `saved_model.pb`, `model.onnx`. */
  readonly folder: string;
  /** Where each weight begins in `weights.bin`, in values. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly offset: number }[];
  /** Calls that are timed for each kind of work. */
  readonly count: number;
  /** Predictions of one film, with memory looked at before and after; for `ours` alone. */
  readonly endurance: number;
}

/** Films of the larger batch. */
export const MANY = 8;

const Answer = z.object({
  /** Seconds of each call: one film, eight films, one film with all maps. */
  one: z.array(z.number()),
  many: z.array(z.number()),
  maps: z.array(z.number()).optional(),
  /** Of the eight films, 8 x 14. */
  probabilities: z.array(z.number()),
  /** Resident megabytes, after warming up and after `endurance` predictions more. */
  memory: z.tuple([z.number(), z.number()]).optional(),
  version: z.string(),
});
type Answer = z.infer<typeof Answer>;

interface Subject {
  readonly command: () => Promise<readonly string[]>;
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
}

const here = (file: string): string => fileURLToPath(new URL(`predict/${file}`, import.meta.url));
const node =
  (file: string, ...args: readonly string[]) =>
  async () => [process.execPath, "--import", "tsx", here(file), ...args];
const keras = (environment: Readonly<Record<string, string>>): Subject => ({
  command: async () => ["python3", here("keras_predict.py")],
  environment: async () => ({
    ...environment,
    PYTHONPATH: await pythonPackages(fileURLToPath(new URL("../test/slow/requirements.txt", import.meta.url))),
  }),
});

/**
 * Each with the flags that serve it best: stock tfjs-node without oneDNN, whose eager calls it slows down; Keras with and
 * without, since either may be the faster.
 */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  ours: { command: node("ours.ts"), environment: async () => ({}) },
  /** The same serving graph where our own kernels do not know a network: in TensorFlow, as we call it. */
  "ours-in-tensorflow": { command: node("ours.ts", "tensorflow"), environment: async () => ({}) },
  "tfjs-node": { command: node("tfjs-layers.ts"), environment: async () => ({ TF_ENABLE_ONEDNN_OPTS: "0" }) },
  keras: keras({ TF_ENABLE_ONEDNN_OPTS: "1" }),
  "keras-without-onednn": keras({ TF_ENABLE_ONEDNN_OPTS: "0" }),
  "onnxruntime-node": {
    command: node("onnx-runtime.ts"),
    environment: async () => ({ ONNX_RUNTIME: await onnxRuntimeFolder() }),
  },
};

/** Subjects agree on probabilities to so much; a faster wrong answer would not count. */
const TOLERANCE = 1e-3;

/**
 * Predictions of DenseNet-121 beside peers on the same weights and films, each subject in a process of its own, in turn,
 * as many rounds as asked for. Figures are medians of rounds. Peers are handed float32 pixels that are normalised before the
 * clock starts; ours begins at grey bytes.
 */
export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      subjects: { type: "string", default: Object.keys(SUBJECTS).join(",") },
      network: { type: "string", default: "densenet121" },
      size: { type: "string", default: "224" },
      count: { type: "string", default: "30" },
      rounds: { type: "string", default: "5" },
      endurance: { type: "string", default: "0" },
    },
  });
  const names = values.subjects.split(",");
  const unknown = names.find((name) => SUBJECTS[name] === undefined);
  if (unknown !== undefined) {
    throw new InputError("bench", `predict: no ${unknown}, expected ${Object.keys(SUBJECTS).join(", ")}`);
  }
  const folder = await mkdtemp(join(tmpdir(), "hilum-bench-predict-"));
  try {
    const network = NetworkName.parse(values.network);
    const given = { count: Number(values.count), endurance: Number(values.endurance) };
    const task: Task = { ...(await writeModel(folder, network, Number(values.size))), ...given };
    if (names.includes("onnxruntime-node")) await writeOnnx(task);
    const answers = new Map<string, Answer[]>(names.map((name) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const name of names) {
        // Memory is looked at once: ten thousand predictions take minutes.
        const answer = await ask(SUBJECTS[name]!, { ...task, endurance: round === 0 ? task.endurance : 0 });
        answers.get(name)!.push(answer);
        const milliseconds = [answer.one, answer.many].map((seconds) => (1000 * median(seconds)).toFixed(1));
        console.error(`round ${round + 1}, ${name}: ${milliseconds.join(" ms, eight films ")} ms`);
      }
    }
    checkAgreement(answers);
    return [...answers].flatMap(([name, all]) => figures(name, task, all));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Model = Omit<Task, "count" | "endurance">;

/** One set of weights and films for all, and our serving graph. */
async function writeModel(folder: string, network: NetworkName, size: number): Promise<Model> {
  const model = ModelConfig.parse({ network, channels: 3 });
  const described = buildNetwork(model);
  const weights = unevenWeights(initialWeights(described, 1));
  let offset = 0;
  const index = [...weights].map(([name, { shape, data }]) => {
    const at = offset;
    offset += data.length;
    return { name, shape, offset: at };
  });
  const next = random(1, "bench predict");
  const pixels = Uint8Array.from({ length: MANY * size * size }, () => next() * 256);
  await Promise.all([
    writeFile(
      join(folder, "weights.bin"),
      Buffer.concat(
        [...weights.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ),
    ),
    writeFile(join(folder, "pixels.bin"), pixels),
    writeFile(join(folder, "saved_model.pb"), writeServingGraph({ model, size, members: [weights] })),
  ]);
  return { model, size, layers: described.layers, folder, weights: index };
}

/** Fresh batch statistics are all 0 and 1, which would hide a fault in how they are used. */
function unevenWeights(weights: Weights): Weights {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const next = random(2, "bench predict", name);
      const uneven = /\/(gamma|beta|moving_mean|moving_variance|bias)$/.test(name);
      return [name, { shape, data: uneven ? data.map((value) => value + 0.2 * (next() - 0.5)) : data }];
    }),
  );
}

/** The network as ONNX, written by ONNX's own Python package. */
async function writeOnnx(task: Task): Promise<void> {
  const packages = await pythonPackages(here("requirements.txt"));
  await answerOf(["python3", here("onnx_model.py")], { PYTHONPATH: packages }, task);
}

async function ask({ command, environment }: Subject, task: Task): Promise<Answer> {
  const output = await answerOf(await command(), await environment(), task);
  return Answer.parse(JSON.parse(output.trim().split("\n").at(-1)!));
}

async function answerOf(
  [program, ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  task: Task,
): Promise<string> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", ...environment };
  const child = spawn(program!, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(task));
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${errors}`);
  return output;
}

function checkAgreement(answers: ReadonlyMap<string, readonly Answer[]>): void {
  const [[firstName, [first]]] = [...answers] as [[string, [Answer]]];
  for (const [name, [answer]] of answers) {
    const most = Math.max(...answer!.probabilities.map((p, i) => Math.abs(p - first.probabilities[i]!)));
    if (!(most <= TOLERANCE))
      throw new Error(`${name} and ${firstName} differ by ${most}, expected at most ${TOLERANCE}`);
  }
}

function figures(name: string, task: Task, answers: readonly Answer[]): Measurement[] {
  const flags = `${task.model.network}, ${task.size} x ${task.size}, medians of ${answers.length}`;
  const one = (metric: string, unit: string, value: number): Measurement => ({
    bench: "predict",
    subject: `${name} (${answers[0]!.version})`,
    metric,
    value: Number(value.toPrecision(4)),
    unit,
    flags,
  });
  // Other work on the machine lengthens medians; the fastest call of all rounds hardly knows of it.
  const time = (metric: string, pick: (answer: Answer) => readonly number[]) =>
    one(metric, "ms", 1000 * median(answers.map((answer) => median(pick(answer)))));
  const fastest = (metric: string, pick: (answer: Answer) => readonly number[]) =>
    one(`${metric}, fastest call`, "ms", 1000 * Math.min(...answers.flatMap(pick)));
  const measurements = [
    time("one film", ({ one: all }) => all),
    fastest("one film", ({ one: all }) => all),
    time("eight films", ({ many }) => many),
    fastest("eight films", ({ many }) => many),
  ];
  if (answers[0]!.maps !== undefined) measurements.push(time("one film, all heat maps", ({ maps }) => maps!));
  const memory = answers[0]!.memory;
  if (memory !== undefined) {
    measurements.push(one("memory after warming up", "MB", memory[0]));
    measurements.push(one(`memory after ${task.endurance} predictions`, "MB", memory[1]));
  }
  return measurements;
}
