import { setTimeout as sleep } from "node:timers/promises";
import { bodyBombs } from "../bombs/bodies.ts";
import { ahead, type Bomb } from "../bombs/bomb.ts";
import { codestreamBombs } from "../bombs/codestreams.ts";
import { dicomBombs } from "../bombs/dicom.ts";
import { jpegBombs } from "../bombs/jpeg.ts";
import { pngBombs } from "../bombs/png.ts";
import { tiffBombs } from "../bombs/tiff.ts";
import { webpBombs } from "../bombs/webp.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import { type FamilyUse, familyUse, forgetPeaks } from "../memory.ts";
import { greysOf } from "../planted.ts";
import { post } from "../post.ts";
import { type Serving, serving } from "../serving.ts";
import { calmRun, newFolder } from "../workshop.ts";

/** Of processor time, and of a clock that other work on the machine may hold up: the quickest of some tries counts. */
const SECONDS = 1;
const TRIES = 3;
/** Answers after which what grows with the first ones has grown. */
const WARM_UP = 20;
/** One film in so many is sent ahead too. */
const AHEAD_EVERY = 6;
const MEBIBYTE = 2 ** 20;
const MEBIBYTES = 100;

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly wall: number;
  readonly processor: number;
  /** At the peak, beside the body's own. */
  readonly mebibytes: number;
}

interface Ticket {
  readonly upload: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Probabilities of an answer: a drawing has decisions besides, the same picture in DICOM is no drawing any more. */
function findingsOf(text: string): string {
  const { findings } = JSON.parse(text) as { findings?: readonly { readonly probability: number | null }[] };
  return JSON.stringify(findings?.map(({ probability }) => probability));
}

/** A server with its processes, which stay the same ones throughout. */
class Range {
  readonly server: Serving;
  readonly worst = { wall: 0, processor: 0, mebibytes: 0 };
  heaviest = "";
  private readonly pids: readonly number[];
  private readonly findings: string;

  private constructor(server: Serving, { pids }: FamilyUse, findings: string) {
    this.server = server;
    this.pids = pids;
    this.findings = findings;
  }

  static async open(server: Serving): Promise<Range> {
    let last = "";
    for (let n = 0; n < WARM_UP; n += 1) last = (await post(`${server.url}/v1/predictions`, server.film)).text;
    return new Range(server, await familyUse(server.child.pid!), findingsOf(last));
  }

  /** By an upload of its own; what asks for it then. */
  private async uploaded(bomb: Bomb): Promise<Bomb> {
    const ticket = JSON.parse((await post(`${this.server.url}/v1/uploads`, Buffer.alloc(0))).text) as Ticket;
    const form = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
    form.append("file", new File([Uint8Array.from(bomb.body)], "film"));
    const { status } = await fetch(ticket.url, { method: "POST", body: form });
    must(status === 204, `${bomb.name}: ${status} for its upload`);
    const { upload } = ticket;
    return { ...bomb, body: Buffer.from(JSON.stringify({ upload })), headers: { "content-type": "application/json" } };
  }

  private async send(bomb: Bomb): Promise<Seen> {
    const { body, path = "/v1/predictions", headers = {} } = bomb.ahead ? await this.uploaded(bomb) : bomb;
    const before = await familyUse(this.server.child.pid!);
    await forgetPeaks(before.pids);
    const { status, text, seconds: wall } = await post(`${this.server.url}${path}`, body, headers);
    const after = await familyUse(this.server.child.pid!);
    const mebibytes = (after.peak - before.bytes - bomb.body.length) / MEBIBYTE;
    return { status, text, wall, processor: after.seconds - before.seconds, mebibytes };
  }

  private async findingsOn(film: Uint8Array): Promise<string> {
    return findingsOf((await post(`${this.server.url}/v1/predictions`, film)).text);
  }

  async meet(bomb: Bomb): Promise<void> {
    let seen = await this.send(bomb);
    for (let n = 1; n < TRIES && (seen.wall >= SECONDS || seen.mebibytes >= MEBIBYTES); n += 1) {
      await sleep(200);
      const again = await this.send(bomb);
      // A collection of garbage that was due anyway is nobody's fault either.
      seen = { ...again, wall: Math.min(seen.wall, again.wall), mebibytes: Math.min(seen.mebibytes, again.mebibytes) };
    }
    const { status, text, wall, processor, mebibytes } = seen;
    const isRefused = status >= 400 && status < 500;
    const expected = bomb.film === undefined ? this.findings : await this.findingsOn(bomb.film);
    const isFilm = (): boolean => status === 200 && findingsOf(text) === expected;
    const fits = bomb.outcome === "answered" ? isFilm() : isRefused || (bomb.outcome === "either" && status === 200);
    must(fits, `${bomb.name}: ${status}, expected to be ${bomb.outcome}: ${text.slice(0, 200)}`);
    must(processor < SECONDS, `${bomb.name}: ${processor.toFixed(2)} s of processor time`);
    must(wall < SECONDS, `${bomb.name}: answered after ${wall.toFixed(2)} s`);
    must(mebibytes < MEBIBYTES, `${bomb.name}: ${mebibytes.toFixed(0)} MiB more at its peak`);
    if (mebibytes > this.worst.mebibytes) this.heaviest = bomb.name;
    for (const field of ["wall", "processor", "mebibytes"] as const) {
      this.worst[field] = Math.max(this.worst[field], seen[field]);
    }
    const { pids } = await familyUse(this.server.child.pid!);
    must(`${pids}` === `${this.pids}`, `${bomb.name}: a process ended, or another began`);
    const { status: alive, text: said } = await post(`${this.server.url}/v1/predictions`, this.server.film);
    must(alive === 200 && findingsOf(said) === this.findings, `${bomb.name}: a sound film is answered otherwise since`);
  }
}

/** Whatever is small and wants to be large: a fault of the caller within a second, 100 MB and the same processes. */
export const bombs: Drill = {
  rounds: 1,
  async run(options) {
    const { store } = await calmRun();
    const server = await serving(store, ["--feedback", await newFolder()]);
    const { film } = server;
    const films = [
      ...pngBombs(film),
      ...(await jpegBombs(film)),
      ...tiffBombs(),
      ...(await webpBombs(film)),
      ...dicomBombs(await greysOf(film)),
      ...(await codestreamBombs()),
    ];
    const sentAhead = films.filter((_, i) => i % AHEAD_EVERY === 0).map(ahead);
    const all = [...films, ...sentAhead, ...bodyBombs(film)];
    const range = await Range.open(server);
    const failures = await playRounds(options, async () => {
      const fell: string[] = [];
      for (const bomb of all) await range.meet(bomb).catch((error: Error) => fell.push(error.message));
      must(fell.length === 0, fell.join("; "));
    });
    await server.stop();
    const { wall, processor, mebibytes } = range.worst;
    const figure = `${all.length} bombs; at most ${wall.toFixed(2)} s, ${processor.toFixed(2)} s of processor time and ${mebibytes.toFixed(0)} MiB (${range.heaviest}); the same processes answer as before`;
    return { failures, figure };
  },
};
