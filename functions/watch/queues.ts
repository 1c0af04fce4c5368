import {
  BatchClient,
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  JobStatus,
  paginateListJobs,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-batch";

/** Tag of a job that waits where nothing runs: since when, as ISO 8601. */
const SINCE = "hilum:waits-since";

/** What a queue has that is not over; Batch says of an array's members what they do, and of the array itself less. */
const OPEN = [JobStatus.SUBMITTED, JobStatus.PENDING, JobStatus.RUNNABLE, JobStatus.STARTING, JobStatus.RUNNING];

/** Jobs of which one call tells. */
const DESCRIBED = 100;

export interface WaitingJob {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** When it was first seen to wait while nothing ran in its queue. */
  readonly since: Date | undefined;
  /** What Batch says it waits for, where it says so. */
  readonly reason: string | undefined;
}

export interface QueueState {
  /** Whether a job has a machine. */
  readonly runs: boolean;
  readonly waiting: readonly WaitingJob[];
}

/** Batch's queues, as far as jobs wait in them. */
export interface Queues {
  look(queue: string): Promise<QueueState>;
  mark(job: WaitingJob, since: Date): Promise<void>;
  unmark(job: WaitingJob): Promise<void>;
  /** Ends a job that waits, with all its members; one that has found its machine meanwhile goes on. */
  cancel(job: WaitingJob, reason: string): Promise<void>;
}

const isIn = (job: JobDetail, ...statuses: readonly JobStatus[]): boolean => {
  const members = job.arrayProperties?.statusSummary;
  return members === undefined
    ? statuses.some((status) => job.status === status)
    : statuses.some((status) => (members[status] ?? 0) > 0);
};

export function openQueues(client = new BatchClient()): Queues {
  async function open(jobQueue: string): Promise<string[]> {
    // One that goes on meanwhile is listed twice.
    const ids = new Set<string>();
    for (const jobStatus of OPEN) {
      for await (const { jobSummaryList = [] } of paginateListJobs({ client }, { jobQueue, jobStatus })) {
        for (const { jobId } of jobSummaryList) ids.add(jobId!);
      }
    }
    return [...ids];
  }
  return {
    async look(queue) {
      const ids = await open(queue);
      const jobs: JobDetail[] = [];
      for (let at = 0; at < ids.length; at += DESCRIBED) {
        const page = await client.send(new DescribeJobsCommand({ jobs: ids.slice(at, at + DESCRIBED) }));
        jobs.push(...(page.jobs ?? []));
      }
      return {
        runs: jobs.some((job) => isIn(job, JobStatus.STARTING, JobStatus.RUNNING)),
        waiting: jobs.filter((job) => isIn(job, JobStatus.RUNNABLE)).map(waitingJob),
      };
    },
    async mark({ arn }, since) {
      await client.send(new TagResourceCommand({ resourceArn: arn, tags: { [SINCE]: since.toISOString() } }));
    },
    async unmark({ arn }) {
      await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: [SINCE] }));
    },
    async cancel({ id }, reason) {
      await client.send(new CancelJobCommand({ jobId: id, reason }));
    },
  };
}

function waitingJob({ jobId, jobArn, jobName, tags, statusReason }: JobDetail): WaitingJob {
  const since = tags?.[SINCE];
  return {
    id: jobId!,
    arn: jobArn!,
    name: jobName!,
    since: since === undefined ? undefined : new Date(since),
    reason: statusReason,
  };
}
