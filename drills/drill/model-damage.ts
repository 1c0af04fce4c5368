import { open, readFile, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Drill, must, placeOf, playRounds } from "../drill.ts";
import type { LambdaAnswer } from "../lambda-call.ts";
import { hilum, start } from "../processes.ts";
import { twoVersions } from "../two-versions.ts";
import { objectsOf } from "../whole.ts";

const WRONG_INPUT = 64;
const SERVES = /^http:\S+$/m;

/** Equal parts of a file, each of which is damaged. */
const RANGES = 8;

/** Does it to a file of `bytes` bytes, at a place from 0 to 1. */
const DAMAGES: Readonly<Record<string, (path: string, bytes: number, place: number) => Promise<void>>> = {
  async flipped(path, bytes, place) {
    const file = await open(path, "r+");
    const at = Math.floor(place * bytes);
    const byte = (await file.read(Buffer.alloc(1), 0, 1, at)).buffer[0]!;
    await file.write(Buffer.of(byte ^ (1 + Math.floor(place * 254))), 0, 1, at);
    await file.close();
  },
  cut: (path, bytes, place) => truncate(path, Math.floor(place * bytes)),
  lost: (path) => rm(path),
};

/** A byte of the version in production changed, cut off or lost: nobody loads it, the one before answers, and it is told. */
export const modelDamage: Drill = {
  rounds: 2,
  async run(options) {
    const { store, channels } = await twoVersions();
    const folder = join(store, "models/versions", channels.production);
    const files = await objectsOf(folder);
    const environment = { HILUM_MODELS: pathToFileURL(join(store, "models")).href };

    /** Which version the deployed function answers with, and what it logs. */
    const deployed = async (): Promise<{ version: string; log: string }> => {
      const { ended, output } = start("drills/lambda-call.ts", [], environment);
      must((await ended).code === 0, `the function does not start: ${output.text}`);
      const [answer] = JSON.parse(output.text.trimEnd().split("\n").at(-1)!) as [LambdaAnswer];
      must(answer.statusCode === 200, `status ${answer.statusCode}: ${answer.body}`);
      return { version: JSON.parse(answer.body).loaded.version, log: output.text };
    };
    /** The same of the local server, and how it ended where it did not serve. */
    const served = async (...more: readonly string[]) => {
      const { child, ended, output, says } = hilum(["serve", "--port", "0", "--store", store, ...more]);
      await says(SERVES);
      const url = SERVES.exec(output.text)?.[0];
      const answer = url && ((await (await fetch(`${url}/v1/models`)).json()) as { loaded: { version: string } });
      child.kill("SIGKILL");
      return { version: answer ? answer.loaded.version : undefined, log: output.text, code: (await ended).code };
    };
    for (const { version } of [await deployed(), await served()]) {
      must(version === channels.production, `undamaged, ${version} answers`);
    }

    const all = files.flatMap((name) => [
      ...Array.from({ length: RANGES }, (_, range) => ({ name, kind: "flipped", range })),
      ...Array.from({ length: RANGES }, (_, range) => ({ name, kind: "cut", range })),
      { name, kind: "lost", range: 0 },
    ]);
    const rounds = Math.min(options.rounds, all.length);
    const failures = await playRounds({ ...options, rounds }, async (round, next) => {
      const { name, kind, range } = all[placeOf(round, rounds, all.length, next)]!;
      const path = join(folder, name);
      const whole = await readFile(path);
      await DAMAGES[kind]!(path, (await stat(path)).size, (range + next()) / RANGES);
      try {
        const verified = hilum(["models", "verify", channels.production, "--store", store]);
        const { code } = await verified.ended;
        must(code === WRONG_INPUT, `${name} ${kind}: verify ended with ${code}: ${verified.output.text}`);
        const named = await served("--model", channels.production);
        must(named.version === undefined, `${name} ${kind}: served where it was asked for by its name`);
        must(named.code === WRONG_INPUT, `${name} ${kind}: asked for by its name, it ended with ${named.code}`);
        for (const [how, { version, log }, tells] of [
          ["serve", await served(), `version ${channels.production} is in production and does not load`],
          ["the function", await deployed(), "model-fallback"],
        ] as const) {
          must(version === channels.previous, `${name} ${kind}: ${version} answers in ${how}, expected the one before`);
          must(log.includes(tells), `${name} ${kind}: ${how} told nothing of it`);
        }
      } finally {
        const file = await open(path, "w");
        await file.writeFile(whole);
        await file.close();
      }
    });
    const figure = `${rounds} of ${all.length} damages to ${files.length} files in ${RANGES} ranges each (flipped, cut, lost): refused, the version before answered and it was told`;
    return { rounds, failures, figure };
  },
};
