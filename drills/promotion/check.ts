import { must } from "../drill.ts";
import type { Answer } from "./promoter.ts";
import type { Pointers } from "./registries.ts";

/** What a race left. */
export interface Race {
  /** What promoters were told, also those that died later. */
  readonly answers: readonly Answer[];
  /** How the commands ended that nobody killed. */
  readonly commands: readonly { readonly code: number | null; readonly text: string }[];
  /** Everything that was to be promoted. */
  readonly versions: readonly string[];
  /** States of the pointers in the order in which they were seen, the first before the race, the last after it. */
  readonly seen: readonly Pointers[];
}

export interface Tally {
  /** Promotions of which nobody heard, since their processes died. */
  readonly killed: number;
  readonly winners: number;
  /** Won and died before they could say so. */
  readonly deadWinners: number;
}

const TEMPORARY = 75;
/** Told to those that come second. */
const SECOND = /^(channels-changed|champion-changed)$/;

/** One winner a generation and one against the champion, everybody else told why; nothing that nobody asked for. */
export function checkRace({ answers, commands, versions, seen }: Race): Tally {
  const growth = seen.at(-1)!.generation - seen[0]!.generation;
  const winners = answers.filter((answer) => "generation" in answer);
  must(winners.length <= 1, `${winners.length} won against one champion: ${JSON.stringify(winners)}`);
  for (const answer of answers) {
    if ("generation" in answer) continue;
    must(SECOND.test(answer.code), `${answer.version} was told ${answer.code}: ${answer.message}`);
    must(growth > 0, `nobody won, and ${answer.version} was told that somebody had: ${answer.message}`);
  }
  for (const { code, text } of commands) {
    must(code === 0 || code === TEMPORARY, `models promote ended with ${code}: ${text}`);
    must(code === 0 || text.includes("another promotion came first"), `models promote did not tell why: ${text}`);
  }
  const told = winners.length + commands.filter(({ code }) => code === 0).length;
  const killed = versions.length - answers.length - commands.length;
  must(
    growth >= told && growth <= told + killed,
    `${told} were told that they had won and ${killed} died unheard, but ${growth} generations were written`,
  );
  checkSequence(seen, versions);
  return { killed, winners: told, deadWinners: growth - told };
}

function checkSequence(seen: readonly Pointers[], versions: readonly string[]): void {
  for (const [i, now] of seen.entries()) {
    const last = seen[i - 1] ?? now;
    if (now.generation === last.generation) continue;
    must(now.generation > last.generation, `generation ${now.generation} after ${last.generation}`);
    must(versions.includes(now.production!), `${now.production} is in production, which nobody asked for`);
    const follows = now.generation > last.generation + 1 || now.previous === last.production;
    must(follows, `generation ${now.generation} has ${now.previous} before it, expected ${last.production}`);
  }
}
