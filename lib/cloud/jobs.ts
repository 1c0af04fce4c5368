import { BatchClient, DescribeJobsCommand, type JobDetail, paginateListJobs } from "@aws-sdk/client-batch";
import { ask } from "./ask.ts";

/** A job as Batch knows it, for a week after its end. */
export interface Job {
  /** Batch's own word, such as `RUNNABLE`. */
  readonly status: string;
  readonly statusReason: string | undefined;
  /** Logs of its attempts, the last one last. */
  readonly streams: readonly string[];
  /** Of an array: members that have succeeded. */
  readonly succeeded: number;
}

/** Jobs that one call describes. */
const AT_ONCE = 100;

const streamsOf = ({ attempts = [], container }: JobDetail): string[] => {
  const all = [...attempts.map((attempt) => attempt.container?.logStreamName), container?.logStreamName];
  return [...new Set(all.filter((name) => name !== undefined))];
};

async function describe(ids: readonly string[]): Promise<JobDetail[]> {
  const found: JobDetail[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const command = new DescribeJobsCommand({ jobs: ids.slice(from, from + AT_ONCE) });
    found.push(...((await new BatchClient().send(command)).jobs ?? []));
  }
  return found;
}

/** Undefined where Batch has forgotten it. */
export function findJob(id: string): Promise<Job | undefined> {
  return ask(`job ${id}`, async () => {
    const [job] = await describe([id]);
    return (
      job && {
        status: job.status!,
        statusReason: job.statusReason,
        streams: streamsOf(job),
        succeeded: job.arrayProperties?.statusSummary?.SUCCEEDED ?? 0,
      }
    );
  });
}

const STATUSES = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"] as const;

/** Logs of an array's members. */
export function memberStreams(arrayJobId: string): Promise<string[]> {
  return ask(`job ${arrayJobId}`, async () => {
    const ids: string[] = [];
    for (const jobStatus of STATUSES) {
      for await (const page of paginateListJobs({ client: new BatchClient() }, { arrayJobId, jobStatus })) {
        for (const { jobId } of page.jobSummaryList ?? []) ids.push(jobId!);
      }
    }
    return (await describe(ids)).flatMap(streamsOf);
  });
}
