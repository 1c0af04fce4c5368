import type { Queues, WaitingJob } from "./queues.ts";

export interface EndWaitsOptions {
  readonly queues: Queues;
  /** How long a job may wait where nothing runs. */
  readonly hours: number;
  readonly stage: string;
  readonly now: Date;
  readonly tell: (message: string) => void;
}

const HOUR_MS = 3_600_000;

/**
 * Ends jobs that have waited too long in a queue where nothing runs, whatever Batch knows or doesn't know of the cause.
 * Who waits behind a job that runs waits its turn. Batch does not say since when a job waits, so it is written on the job.
 */
export async function endWaits(queue: string, { queues, hours, stage, now, tell }: EndWaitsOptions): Promise<void> {
  const { runs, waiting } = await queues.look(queue);
  for (const job of waiting) {
    if (runs) {
      if (job.since !== undefined) await queues.unmark(job);
    } else if (job.since === undefined) {
      await queues.mark(job, now);
    } else if (now.getTime() - job.since.getTime() >= hours * HOUR_MS) {
      const reason = reasonOf(job, hours, stage);
      await queues.cancel(job, reason);
      tell(`${job.name}: ${reason}`);
    }
  }
}

const reasonOf = ({ reason }: WaitingJob, hours: number, stage: string): string =>
  `waited ${hours} hours for a machine, and none came${reason ? ` (${reason})` : ""}; ` +
  `bin/hilum doctor --aws --stage ${stage} looks at quota and capacity`;
