import { setTimeout as sleep } from "node:timers/promises";
import { must } from "./drill.ts";
import type { Answer, Serving } from "./serving.ts";

/** What the API says of a film, less the answer's own id and times; answers of one version to one film are alike. */
export const saidOf = ({ text }: Answer): string =>
  JSON.stringify((JSON.parse(text) as { findings?: unknown }).findings);

/** The version by which a film was answered: as the header says, which the answer must not contradict. */
export function versionOf({ headers, text }: Answer): string {
  const version = headers.get("x-model-version") ?? "none";
  const { model } = JSON.parse(text) as { model: { version: string } };
  must(model.version === version, `the header says ${version}, the answer ${model.version}`);
  return version;
}

const LONGEST_MS = 10_000;

/** Waits until a film is answered so, and twice more. @returns seconds that it took */
export async function answersAgain(server: Serving, isGood: (answer: Answer) => boolean, why: string): Promise<number> {
  const begin = performance.now();
  for (let good = 0; good < 3; ) {
    const answer = await server.ask(server.film);
    good = answer.status === 200 && isGood(answer) ? good + 1 : 0;
    must(
      performance.now() - begin < LONGEST_MS,
      `${why}: not left after ${LONGEST_MS / 1000} s: ${answer.status} ${answer.text.slice(0, 200)}`,
    );
    if (good === 0) await sleep(100);
  }
  return (performance.now() - begin) / 1000;
}

/** Films asked one after the other by so many clients, until it is stopped. */
export class Asker {
  readonly statuses = new Map<number, number>();
  readonly faults: string[] = [];
  private stopped = false;
  private readonly clients: Promise<void>[];

  /** @param check throws what is wrong with an answer */
  constructor(server: Serving, clients: number, check: (answer: Answer) => void) {
    this.clients = Array.from({ length: clients }, async () => {
      while (!this.stopped) {
        const answer = await server.ask(server.film);
        this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
        try {
          check(answer);
        } catch (error) {
          this.faults.push((error as Error).message);
        }
        if (answer.status !== 200) await sleep(50);
      }
    });
  }

  get told(): string {
    return [...this.statuses].map(([status, count]) => `${count} x ${status}`).join(", ");
  }

  /** @throws where it was answered wrongly since it was asked last */
  check(): void {
    const [fault] = this.faults.splice(0);
    must(fault === undefined, fault ?? "");
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }
}
