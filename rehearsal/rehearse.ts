import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executeOnce, wait } from "./acts/runs.ts";
import { create, destroy, left, stuckIn, update } from "./acts/stacks.ts";
import { differences } from "./assembly.ts";
import { Deployment } from "./deployment.ts";
import { startEmulator } from "./emulator/emulator.ts";
import type { Rehearsed } from "./stages.ts";

/** In this order; each says what it showed, and throws where that is not what it must be. */
const ACTS = {
  created: create,
  "executed once": executeOnce,
  waited: wait,
  "updated in place": update,
  destroyed: destroy,
  left,
} as const satisfies Readonly<Record<string, (deployment: Deployment) => Promise<string>>>;

export interface Act {
  readonly act: keyof typeof ACTS;
  readonly showed: string;
}

export interface Outcome {
  readonly stage: string;
  readonly acts: readonly Act[];
  /** What an act did not show. */
  readonly failures: readonly string[];
  /** Work-arounds that changed a template. */
  readonly used: readonly string[];
  /** Resources that were left out, by their type. */
  readonly leftOut: Readonly<Record<string, readonly string[]>>;
  /** Resources that stayed at the second deployment as they were, since the emulator can't change them. */
  readonly notUpdated: readonly string[];
  /** Resources that the emulator could not remove. */
  readonly stuck: readonly string[];
  readonly seconds: number;
}

/** Plays a stage's life against an emulator of its own, up to the first act that does not show what it must. */
export async function rehearse(stage: Rehearsed, say: (act: Act) => void): Promise<Outcome> {
  const begin = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "hilum-rehearsal-"));
  const emulator = await startEmulator();
  const deployment = new Deployment(stage, emulator, folder);
  const acts: Act[] = [];
  const failures: string[] = [];
  try {
    for (const [act, play] of Object.entries(ACTS) as [Act["act"], (typeof ACTS)[Act["act"]]][]) {
      const showed = await play(deployment).catch((error: Error) => {
        failures.push([`${act}: ${error.message}`, emulator.lastError() ?? ""].join("\n").trim());
      });
      if (showed === undefined) break;
      acts.push({ act, showed });
      say({ act, showed });
    }
    const seconds = (performance.now() - begin) / 1000;
    return { stage: stage.first.name, acts, failures, ...whatWasNot(deployment), seconds };
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the emulator did otherwise. */
function whatWasNot(deployment: Deployment): Pick<Outcome, "used" | "leftOut" | "notUpdated" | "stuck"> {
  const { assemblies } = deployment;
  const [first, second] = assemblies;
  const leftOut: Record<string, string[]> = {};
  for (const { id, type } of [...(first?.leftOut.values() ?? [])].flat()) {
    leftOut[type] ??= [];
    leftOut[type].push(id);
  }
  const meant = first && second ? differences(second.templates, first.templates) : [];
  const changed = new Set(first && second ? differences(second.adapted, first.adapted) : []);
  return {
    used: [...new Set(assemblies.flatMap(({ used }) => used))],
    leftOut,
    notUpdated: meant.filter((place) => !changed.has(place) && deployment.physical.has(place)),
    stuck: [...stuckIn(deployment).values()],
  };
}
