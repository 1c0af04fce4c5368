import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ground, IMPLEMENTATIONS } from "./implementations.ts";
import type { Outcome } from "./racer.ts";
import { type Racer, startRacer } from "./racers.ts";

const PROCESSES = 4;
const RACERS_EACH = 4;
/** Of each kind; HILUM_RACE_ROUNDS raises it for a long run. */
const ROUNDS = Number(process.env.HILUM_RACE_ROUNDS ?? 30);
/** Time for every process to hear of a round before it begins. */
const LEAD_MS = 15;
/** What a put-if-match replaces: large, so that comparing it takes long enough for others to come between. */
const BEFORE = Buffer.alloc(2 << 20, "before");

const between = IMPLEMENTATIONS.filter(({ name }) => name !== "memory");

describe.each(between)(`${PROCESSES * RACERS_EACH} racers in ${PROCESSES} processes: $name`, ({ begin, absent }) => {
  describe.skipIf(absent)("exactly one wins", () => {
    let ground: Ground;
    let racers: Racer[];
    beforeAll(async () => {
      ground = await begin();
      racers = await Promise.all(Array.from({ length: PROCESSES }, () => startRacer(ground.environment)));
    });
    afterAll(async () => {
      await Promise.all((racers ?? []).map((racer) => racer.end()));
      await ground?.end();
    });

    it.each(["putIfAbsent", "putIfMatch"])(`%s, ${ROUNDS} rounds`, async (kind) => {
      const store = await ground.empty();
      for (let round = 0; round < ROUNDS; round += 1) {
        const key = `${kind}/${round}`;
        const etag = kind === "putIfMatch" ? { etag: await store.put(key, BEFORE) } : {};
        const startAt = Date.now() + LEAD_MS;
        const names = racers.map((_, process) =>
          Array.from({ length: RACERS_EACH }, (_, racer) => `round ${round}, process ${process}, racer ${racer}`),
        );
        const answers = racers.map((racer) => racer.answer<Outcome[]>());
        racers.forEach((racer, process) => {
          racer.tell({ race: { uri: store.uri, key, racers: names[process]!, startAt, ...etag } });
        });
        const outcomes = (await Promise.all(answers)).flat();
        expect(outcomes.filter((outcome) => typeof outcome === "object")).toEqual([]);
        expect(outcomes.filter((outcome) => outcome === "won")).toHaveLength(1);
        expect(Buffer.from(await store.get(key)).toString()).toBe(names.flat()[outcomes.indexOf("won")]);
      }
    });
  });
});
