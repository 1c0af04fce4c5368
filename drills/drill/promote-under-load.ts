import { join } from "node:path";
import { promote, rollback } from "../../lib/registry/channels.ts";
import { openStore, storeUri } from "../../lib/store/open.ts";
import { Asker, answersAgain, saidOf, versionOf } from "../asker.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import { familyUse } from "../memory.ts";
import { serving } from "../serving.ts";
import { twoVersions } from "../two-versions.ts";

const CLIENTS = 3;
/** One promotion in so many is followed by others at once, as many as come out at the same version. */
const HASTE_EVERY = 4;
const HASTY = 6;
/** Processes of one version: its model's, its readers'. */
const MOST_PROCESSES = 1 + 4;

/** Promotions and rollbacks while films are asked: each answer of exactly one version, none refused, and the new one soon. */
export const promoteUnderLoad: Drill = {
  rounds: 6,
  async run(options) {
    const { store, channels } = await twoVersions();
    const models = openStore(storeUri(join(store, "models")));
    const server = await serving(store);
    const said = new Map<string, string>();
    const other = (version: string): string =>
      version === channels.production ? channels.previous : channels.production;
    /** Promotes the other one, or goes back to it. @returns what is in production then */
    const turn = async (inProduction: string, byRollback: boolean): Promise<string> => {
      const to = other(inProduction);
      await (byRollback ? rollback(models) : promote(models, to));
      return to;
    };
    let now = channels.production;
    const learn = async (): Promise<number> => {
      const took = await answersAgain(server, (answer) => versionOf(answer) === now, `${now} in production`);
      const answer = await server.ask(server.film);
      if (!said.has(now)) said.set(now, saidOf(answer));
      return took;
    };
    await learn();
    now = await turn(now, false);
    await learn();
    must(new Set(said.values()).size === 2, "both versions say the same of the film");

    const asker = new Asker(server, CLIENTS, (answer) => {
      must(answer.status === 200, `${answer.status} ${answer.text.slice(0, 200)}`);
      const version = versionOf(answer);
      must(saidOf(answer) === said.get(version), `an answer of ${version} is not what it says of the film`);
    });
    let slowest = 0;
    const failures = await playRounds(options, async (round, next) => {
      now = await turn(now, next() < 0.5);
      if (round % HASTE_EVERY === HASTE_EVERY - 1) {
        for (let n = 0; n < HASTY; n += 1) now = await turn(now, next() < 0.5);
      }
      slowest = Math.max(slowest, await learn());
      asker.check();
    });
    await asker.stop();
    const { pids } = await familyUse(server.child.pid!);
    // The server's own, and what starts it.
    if (pids.length > MOST_PROCESSES + 3) failures.push(`${pids.length} processes are left`);
    await server.stop();
    const figure = `answers ${asker.told}, each of one version; the promoted one answered within ${slowest.toFixed(1)} s; ${pids.length} processes at the end`;
    return { failures, figure };
  },
};
