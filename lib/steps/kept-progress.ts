import { setTimeout as sleep } from "node:timers/promises";
import type { runKeys } from "../contracts/layout.ts";
import { type ProgressEvent, StepProgress } from "../contracts/progress.ts";
import { TemporaryError } from "../domain/errors.ts";
import { findDocument, writeDocument } from "../store/documents.ts";
import { mayRun, SELF } from "../store/process-identity.ts";
import type { Store } from "../store/store.ts";

/** At most so often while there is something to tell, at least so often while there is not. */
const WRITE_MS = 1000;
const BEAT_MS = 30_000;

/** Lines of the log that are kept. */
const LOG_LINES = 200;

/** What a store may take for the last word of a step, which must not keep the step from ending. */
const LAST_WORD_MS = 5000;

/** What a child has to end in once its runner is gone (lib/local/lifeline.mjs), and a little more. */
const FORMER_MS = 15_000;

export interface KeptProgress {
  hear(event: ProgressEvent): void;
  /** Writes the last word. */
  close(): Promise<void>;
}

export interface ProgressPlace {
  readonly runs: Store;
  readonly keys: ReturnType<typeof runKeys>;
  readonly run: string;
  readonly step: string;
  readonly index?: number | undefined;
}

/**
 * Keeps a step's StepProgress from its start to its end. Waits for a process that still does the same step, such as the
 * child of a runner that was killed.
 * @throws TemporaryError `in-use` where that one does not end
 */
export async function keepProgress({ runs, keys, run, step, index }: ProgressPlace): Promise<KeptProgress> {
  const key = keys.stepProgress(step, index);
  const former = await findDocument(runs, key, StepProgress).catch(() => undefined);
  if (former) await ended(former, `${step} of run ${run}`);
  const startedAt = new Date().toISOString();
  let kept: StepProgress = {
    schema: "hilum.progress/1",
    step,
    ...(index !== undefined && { index }),
    starts: (former?.starts ?? 0) + 1,
    startedAt,
    at: startedAt,
    endedAt: null,
    owner: SELF,
    progress: null,
    log: former?.log ?? [],
  };

  let writing: Promise<void> = Promise.resolve();
  let next: NodeJS.Timeout | undefined;
  const write = (): Promise<void> => {
    clearTimeout(next);
    next = undefined;
    const put = async () => {
      kept = { ...kept, at: new Date().toISOString() };
      await writeDocument(runs, key, StepProgress, kept).catch(() => {});
    };
    writing = writing.then(put);
    return writing;
  };
  const soon = (): void => {
    next ??= setTimeout(write, WRITE_MS).unref();
  };
  const beat = setInterval(soon, BEAT_MS - WRITE_MS).unref();
  write();

  return {
    hear(event) {
      if (event.event === "progress") {
        const { event: _event, step: _step, ...progress } = event;
        kept = { ...kept, progress };
      } else {
        const { level, message } = event;
        const line = { at: new Date().toISOString(), level, message };
        kept = { ...kept, log: [...kept.log, line].slice(-LOG_LINES) };
      }
      soon();
    },
    async close() {
      clearInterval(beat);
      kept = { ...kept, endedAt: new Date().toISOString() };
      await Promise.race([write(), sleep(LAST_WORD_MS, undefined, { ref: false })]);
    },
  };
}

async function ended({ owner, endedAt }: StepProgress, what: string): Promise<void> {
  const elsewhere = owner.host !== SELF.host || (owner.pid === SELF.pid && owner.start === SELF.start);
  if (endedAt !== null || elsewhere) return;
  const deadline = Date.now() + FORMER_MS;
  while (mayRun(owner)) {
    if (Date.now() > deadline) {
      throw new TemporaryError("in-use", `${what}: process ${owner.pid} is still at it; wait for it, or end it`);
    }
    await sleep(100);
  }
}
