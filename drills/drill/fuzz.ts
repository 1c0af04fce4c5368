import { writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Drill } from "../drill.ts";
import { mutate } from "../fuzz/mutate.ts";
import { soundFilms } from "../fuzz/wrappings.ts";
import { familyUse } from "../memory.ts";
import { type Posted, post } from "../post.ts";
import { mulberry32 } from "../random.ts";
import { type Serving, serving } from "../serving.ts";
import { calmRun } from "../workshop.ts";

const KINDS = ["png", "jpg", "tif", "webp", "dcm"] as const;
/** Films under way at one time. */
const AT_ONCE = 4;
const WARM_UP = 5;
/** Between two looks at the processes. */
const BLOCK = 100;
/** Of processor time; a film that took longer by the clock is sent again by itself. */
const HANG_SECONDS = 2;
/** Resident memory after all files, beside that after the first fifth of them. */
const GROWTH = 1.25;
/** So many files meet both sides of every decoder. */
const MANY = 1000;
const BOTH_SIDES = ["answered", "film-damaged", "film-truncated"];

/** What went wrong with a file. */
interface Fault {
  readonly file: number;
  readonly what: string;
}

const isFault = ({ status }: Posted): boolean => status !== 200 && (status < 400 || status >= 500);

/** The files of a seed, sent to one server. */
class Fuzzing {
  readonly faults: Fault[] = [];
  readonly codes = new Map<string, number>();
  slowest = 0;
  private readonly server: Serving;
  private readonly fileOf: (file: number) => Buffer;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  private pids = "";

  constructor(server: Serving, fileOf: (file: number) => Buffer) {
    this.server = server;
    this.fileOf = fileOf;
  }

  private use = () => familyUse(this.server.child.pid!);

  /** Resident bytes of the server and its processes. */
  async bytes(): Promise<number> {
    const { bytes, pids } = await this.use();
    this.pids = `${pids}`;
    return bytes;
  }

  private send = (file: number, agent: Agent | false = false): Promise<Posted> =>
    post(`${this.server.url}/v1/predictions`, this.fileOf(file), {}, agent).catch((error: Error) => ({
      status: 0,
      text: JSON.stringify({ code: error.message }),
      seconds: 0,
    }));

  /** Several at a time; then each again that took long, and all of them where a process was replaced. */
  async block(first: number, end: number): Promise<void> {
    let file = first;
    const again: number[] = [];
    const sendOn = async (): Promise<void> => {
      while (file < end) {
        const own = file++;
        const posted = await this.send(own, this.agent);
        this.count(posted);
        if (isFault(posted) || posted.seconds > HANG_SECONDS) again.push(own);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
    const isSame = `${(await this.use()).pids}` === this.pids;
    const suspects = isSame ? again : Array.from({ length: end - first }, (_, i) => first + i);
    const before = this.faults.length;
    for (const suspect of suspects) await this.alone(suspect);
    const isNamed = isSame || this.faults.length > before;
    if (!isNamed)
      this.faults.push({ file: first, what: `a process ended between this one and ${end - 1}; none alone does it` });
    await this.bytes();
  }

  private count({ status, text }: Posted): void {
    const code = status === 200 ? "answered" : ((JSON.parse(text) as { code?: string }).code ?? "none");
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  private async alone(file: number): Promise<void> {
    // A process that the file before has ended is not this one's fault.
    await this.server.ready();
    const before = await this.use();
    const posted = await this.send(file);
    const after = await this.use();
    const seconds = after.seconds - before.seconds;
    this.slowest = Math.max(this.slowest, seconds);
    const faults = [
      isFault(posted) && `${posted.status} ${posted.text.slice(0, 200)}`,
      `${after.pids}` !== `${before.pids}` && "ended a process",
      seconds > HANG_SECONDS && `${seconds.toFixed(1)} s of processor time`,
    ].filter((fault) => fault !== false);
    if (faults.length > 0) this.faults.push({ file, what: faults.join(", ") });
  }
}

/** Thousands of films, each changed somewhere: an answer or a fault of the film, never of the service. */
export const fuzz: Drill = {
  rounds: 5000,
  async run({ rounds, seed }) {
    const { store } = await calmRun();
    const films = await soundFilms(KINDS);
    const everything = Object.values(films).flat();
    const fileOf = (file: number): Buffer => {
      const next = mulberry32(seed * 1_000_003 + file);
      const own = films[KINDS[file % KINDS.length]!]!;
      return mutate(own[Math.floor(next() * own.length)]!, next, everything);
    };
    const server = await serving(store);
    const fuzzing = new Fuzzing(server, fileOf);
    // So many at once that all processes which read films are there.
    for (let n = 0; n < WARM_UP; n += 1) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => post(`${server.url}/v1/predictions`, server.film)));
    }
    await fuzzing.bytes();
    let settled = Number.POSITIVE_INFINITY;
    const begin = performance.now();
    for (let first = 0; first < rounds; first += BLOCK) {
      await fuzzing.block(first, Math.min(rounds, first + BLOCK));
      if (settled === Number.POSITIVE_INFINITY && first + BLOCK >= rounds / 5) settled = await fuzzing.bytes();
    }
    const perSecond = (rounds / (performance.now() - begin)) * 1000;
    const growth = (await fuzzing.bytes()) / settled;
    await server.stop();

    const failures: string[] = [];
    for (const { file, what } of fuzzing.faults) {
      const kept = join(tmpdir(), `hilum-fuzz-${seed}-${file}`);
      await writeFile(kept, fileOf(file));
      failures.push(`file ${file} of seed ${seed}, kept as ${kept}: ${what}`);
    }
    if (growth > GROWTH) failures.push(`memory grew to ${growth.toFixed(2)} times what it was after a fifth`);
    const missed = rounds < MANY ? [] : BOTH_SIDES.filter((code) => !fuzzing.codes.has(code));
    if (missed.length > 0) failures.push(`no file came out as ${missed.join(" or ")}`);
    const answered = fuzzing.codes.get("answered") ?? 0;
    const figure = `${answered} answered, the rest refused in ${fuzzing.codes.size - 1} ways; ${perSecond.toFixed(0)} files/s, memory ${growth.toFixed(2)} times that after a fifth`;
    return { failures, figure };
  },
};
