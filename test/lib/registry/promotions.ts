import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { promote, readChannels } from "../../../lib/registry/channels.ts";
import { publishVersion } from "../../../lib/registry/versions.ts";
import type { Store } from "../../../lib/store/store.ts";
import type { Ground } from "../store/implementations.ts";
import { describeVersion } from "./description.ts";
import type { Order, Outcome } from "./promoter.ts";

const PROGRAM = fileURLToPath(new URL("promoter.ts", import.meta.url));
const PROCESSES = 4;
const PROMOTIONS_EACH = 4;
/** Time for every process to hear of a round before it begins. */
const LEAD_MS = 15;

const publish = async (models: Store, name: string): Promise<string> =>
  (
    await publishVersion(models, describeVersion({ name }), [
      { path: "saved_model/saved_model.pb", bytes: Buffer.from(name) },
    ])
  ).version;

async function start(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = fork(PROGRAM, { execArgv: ["--import", "tsx"], env: { ...process.env, ...environment } });
  await once(child, "message");
  return child;
}

const tell = (child: ChildProcess, order: Order): void => {
  child.send(order);
};

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
}

/** 16 promotions from four processes at one moment, so many times: each time exactly one wins, and it stands. */
export async function racePromotions(ground: Ground, rounds: number): Promise<void> {
  const models = await ground.empty();
  const versions: string[] = [];
  for (let n = 0; n < PROCESSES * PROMOTIONS_EACH; n += 1) versions.push(await publish(models, `rival ${n}`));
  const champion = await publish(models, "champion");
  const children = await Promise.all(Array.from({ length: PROCESSES }, () => start(ground.environment)));
  try {
    for (let round = 0; round < rounds; round += 1) {
      const { generation } = await promote(models, champion);
      const startAt = Date.now() + LEAD_MS;
      const answers = children.map(async (child) => (await once(child, "message"))[0] as Outcome[]);
      children.forEach((child, i) => {
        const mine = versions.slice(i * PROMOTIONS_EACH, (i + 1) * PROMOTIONS_EACH);
        tell(child, { race: { uri: models.uri, startAt, champion, versions: mine } });
      });
      const outcomes = (await Promise.all(answers)).flat();
      const won = outcomes.flatMap((outcome) => ("won" in outcome ? [outcome.won] : []));
      expect(outcomes.filter((outcome) => "failed" in outcome)).toEqual([]);
      expect(won).toHaveLength(1);
      const told = outcomes.flatMap((outcome) => ("lost" in outcome ? [outcome.lost] : []));
      for (const code of told) expect(["channels-changed", "champion-changed"]).toContain(code);
      const channels = await readChannels(models);
      expect(channels).toMatchObject({ production: won[0], previous: champion, generation: generation + 1 });
    }
  } finally {
    await Promise.all(children.map(kill));
  }
}

/** Kills a process with SIGKILL while it promotes, so many times: the pointer is always the old or the new one, whole. */
export async function killPromotions(ground: Ground, kills: number): Promise<void> {
  const models = await ground.empty();
  const versions = [await publish(models, "one"), await publish(models, "two"), await publish(models, "three")];
  let acknowledged = (await promote(models, versions[2]!)).generation;
  for (let round = 0; round < kills; round += 1) {
    const child = await start(ground.environment);
    child.on("message", (generation: number) => {
      acknowledged = Math.max(acknowledged, generation);
    });
    tell(child, { drill: { uri: models.uri, versions } });
    await once(child, "message");
    await sleep((7 * round) % 31);
    await kill(child);
    const { generation, production, previous } = await readChannels(models);
    // The write that was under way is there or it is not; one whose word did not come through may be there too.
    expect(generation).toBeGreaterThanOrEqual(acknowledged);
    expect(versions).toContain(production);
    expect(versions).toContain(previous);
    expect(production).not.toBe(previous);
    // Whoever comes next is not held up by the dead.
    const next = versions.find((version) => version !== production)!;
    const after = await promote(models, next);
    expect(after).toMatchObject({ production: next, previous: production, generation: generation + 1 });
    acknowledged = after.generation;
  }
}
