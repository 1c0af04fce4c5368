import { createInterface } from "node:readline/promises";
import { type StageBucket, stageBuckets } from "../../../lib/cloud/buckets.ts";
import { isOpen, recentExecutions } from "../../../lib/cloud/executions.ts";
import { deployCommand, findStack } from "../../../lib/cloud/stacks.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { count, counted } from "../../../lib/report/format.ts";
import {
  type BucketContents,
  bucketContents,
  emptyBucket,
  isNothing,
  sumOf,
} from "../../../lib/store/bucket-contents.ts";
import { s3Client } from "../../../lib/store/s3.ts";
import { phases } from "../phases.ts";
import { stoppable } from "../stop.ts";

export interface EmptyOptions {
  readonly stage: string;
  readonly bucket?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Executions that are looked at; one that is under way is among the newest. */
const NEWEST = 20;

type Counted = StageBucket & { readonly contents: BucketContents };

/** Removes everything from a stage's buckets, versions and delete markers too, so that `cdk destroy` can remove them. */
export async function emptyStage({ stage, bucket: named = [], dryRun, yes, json }: EmptyOptions): Promise<void> {
  const chosen = choose(stage, await stageBuckets(stage), named);
  const client = s3Client();
  const found: Counted[] = [];
  for (const one of chosen) found.push({ ...one, contents: await bucketContents(client, one.bucket) });
  if (dryRun) return tell(stage, found, "would be removed", json);
  await requireQuiet(stage);
  if (!yes) await confirm(stage, found);
  const shown = phases();
  const removed: Counted[] = [];
  try {
    await stoppable("what went is gone; the same call goes on", async (signal) => {
      for (const { contents, ...one } of found) {
        const { progress } = shown.reporter(one.name);
        const total = contents.versions + contents.markers;
        let done = 0;
        const note = (some: BucketContents): void => {
          done += some.versions + some.markers;
          progress({ done, total: Math.max(done, total), unit: "versions" });
        };
        removed.push({ ...one, contents: await emptyBucket(client, one.bucket, { tell: note, signal }) });
      }
    });
  } finally {
    shown.close();
  }
  tell(stage, removed, "removed", json);
}

/**
 * The buckets that are named; all, where none is named and the stage keeps none.
 * @throws InputError `not-deployed`, `no-such-bucket`, `kept`
 */
export function choose(
  stage: string,
  all: readonly StageBucket[],
  named: readonly string[],
): readonly [StageBucket, ...StageBucket[]] {
  const [first, ...others] = all;
  if (first === undefined) {
    throw new InputError("not-deployed", `stage ${stage}: it has no buckets here; expected ${deployCommand(stage)}`);
  }
  const names = all.map(({ name }) => name);
  const strange = named.find((name) => !names.includes(name));
  if (strange !== undefined) {
    throw new InputError("no-such-bucket", `--bucket ${strange}: expected some of ${names.join(", ")}`);
  }
  const [some, ...more] = all.filter(({ name }) => named.includes(name));
  if (some !== undefined) return [some, ...more];
  const kept = all.filter((bucket) => bucket.kept).map(({ name }) => name);
  if (kept.length === 0) return [first, ...others];
  const going = all.filter((bucket) => !bucket.kept).map(({ name }) => `--bucket ${name}`);
  throw new InputError(
    "kept",
    `stage ${stage}: it keeps ${kept.join(", ")} (keepData); expected each bucket by its name, as those that go with ` +
      `their stacks: ${going.join(" ") || "none"}`,
  );
}

/** @throws TemporaryError `in-use` while a run writes */
async function requireQuiet(stage: string): Promise<void> {
  const machine = (await findStack(stage, "training"))?.outputs.StateMachine;
  if (machine === undefined) return;
  const running = (await recentExecutions(machine, NEWEST)).find(isOpen);
  if (running === undefined) return;
  const stop = `aws stepfunctions stop-execution --execution-arn ${running.arn}`;
  throw new TemporaryError("in-use", `run ${running.run}: it is under way and writes; wait for it, or ${stop}`);
}

/** @throws InputError `unconfirmed` unless somebody types the stage's name */
async function confirm(stage: string, found: readonly Counted[]): Promise<void> {
  const { stdin: input, stderr: output } = process;
  const what = `stage ${stage}: ${text(sumOf(found.map(({ contents }) => contents)))} would be gone for good`;
  if (!input.isTTY) throw new InputError("unconfirmed", `${what}; say --yes to remove them`);
  for (const one of found) output.write(`${line(one)}\n`);
  const lines = createInterface({ input, output });
  const typed = await lines.question(`All of this goes for good, old versions too. Type ${stage} to remove it: `);
  lines.close();
  if (typed.trim() !== stage) throw new InputError("unconfirmed", `${what}; nothing was removed`);
}

function tell(stage: string, all: readonly Counted[], verb: "removed" | "would be removed", json = false): void {
  const total = sumOf(all.map(({ contents }) => contents));
  const buckets = all.map(({ name, bucket, contents }) => ({ name, bucket, ...contents }));
  if (json) console.log(JSON.stringify({ stage, removed: verb === "removed", buckets, total }));
  else console.log([...all.map(line), `${stage}: ${text(total)} ${verb}.`].join("\n"));
}

const line = ({ name, bucket, contents }: Counted): string => `${name.padEnd(12)} ${text(contents)}  s3://${bucket}`;

function text(contents: BucketContents): string {
  if (isNothing(contents)) return "nothing";
  const { versions, markers, uploads, bytes } = contents;
  return [
    `${counted(versions, "version")} (${count(Math.ceil(bytes / 1e6))} MB)`,
    ...(markers > 0 ? [counted(markers, "delete marker")] : []),
    ...(uploads > 0 ? [counted(uploads, "unended upload")] : []),
  ].join(", ");
}
