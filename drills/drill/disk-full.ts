import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { promisify } from "node:util";
import { type Drill, must, playRounds } from "../drill.ts";
import { hilum } from "../processes.ts";
import { differences, tornObjects } from "../whole.ts";
import { calmRun, newFolder } from "../workshop.ts";

const run = promisify(execFile);
const TEMPORARY = 75;

/** Bytes that files of the store take on a disk. */
async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await run("du", ["--summarize", "--block-size=1", folder]);
  return Number.parseInt(stdout, 10);
}

const mount = (folder: string, ...options: readonly string[]) =>
  run("mount", ["-t", "tmpfs", "-o", options.join(","), "tmpfs", folder]);

/** A run on a disk that is too small ends with 75 and nothing torn; with more room the same command goes on. */
export const diskFull: Drill = {
  rounds: 1,
  async run(options) {
    const probe = await newFolder();
    const mayMount = await mount(probe, "size=1m").then(
      () => true,
      () => false,
    );
    if (!mayMount) return { failures: [], figure: "", lacks: "no right to mount a file system" };
    await run("umount", [probe]);

    const calm = await calmRun();
    const needed = await sizeOf(calm.store);
    const shares: string[] = [];
    const failures = await playRounds(options, async (_, next) => {
      const store = await newFolder();
      const share = 0.1 + 0.8 * next();
      await mount(store, `size=${Math.floor(needed * share)}`);
      try {
        const full = hilum(calm.arguments(store));
        const { code } = await full.ended;
        must(code === TEMPORARY, `with ${share.toFixed(2)} of the room it ended with ${code}: ${full.output.text}`);
        const torn = [...(await tornObjects(store)), ...(await differences(calm.store, store, false))];
        must(torn.length === 0, torn.join("; "));
        const { blocks, bsize } = await statfs(store);
        must(blocks * bsize < needed, "the disk was not small");
        await run("mount", ["-o", `remount,size=${needed * 4}`, store]);
        const again = hilum(calm.arguments(store));
        must((await again.ended).code === 0, `with more room it failed: ${again.output.text}`);
        const different = await differences(calm.store, store);
        must(different.length === 0, different.join("; "));
        shares.push(share.toFixed(2));
      } finally {
        await run("umount", ["--lazy", store]);
      }
    });
    return {
      failures,
      figure: `${(needed / 2 ** 20).toFixed(1)} MiB needed; gone on from disks of ${shares.join(", ")} of it`,
    };
  },
};
