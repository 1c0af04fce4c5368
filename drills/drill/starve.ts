import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Drill, placeOf, playRounds } from "../drill.ts";
import { LACKS } from "../starve/lacks.ts";
import { newFolder } from "../workshop.ts";

const run = promisify(execFile);

async function mayMount(): Promise<boolean> {
  const probe = await newFolder();
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", probe]);
    await run("umount", [probe]);
    return true;
  } catch {
    return false;
  }
}

/** Disk, temporary folder, descriptors, memory, clock or home are not what they are elsewhere: films are answered, or what lacks is told, and all is well once it is back. */
export const starve: Drill = {
  rounds: 4,
  async run(options) {
    const mounts = await mayMount();
    const names = Object.keys(LACKS).filter((name) => mounts || LACKS[name]!.mounts !== true);
    const left = Object.keys(LACKS).filter((name) => !names.includes(name));
    const played = new Set<string>();
    const failures = await playRounds(options, async (round, next) => {
      const name = names[placeOf(round, options.rounds, names.length, next)]!;
      played.add(name);
      await LACKS[name]!.play().catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      });
    });
    const without = left.length === 0 ? "" : `; no right to mount, so not played: ${left.join(", ")}`;
    return { failures, figure: `${[...played].join(", ")}: told, and all well once it was back${without}` };
  },
};
