import { runKeys } from "../../lib/contracts/layout.ts";
import { RunRequest } from "../../lib/contracts/run.ts";
import { findDocument } from "../../lib/store/documents.ts";
import type { Rooms } from "../../lib/store/open.ts";
import { finish } from "./arrive.ts";
import { openExecutions } from "./executions.ts";

/** A run has ended, or will in a moment: what waited for it on its stage is started. */
export async function startNext({
  rooms,
  machine,
  run,
  ended,
}: {
  readonly rooms: Rooms;
  /** ARN of the state machine. */
  readonly machine: string;
  readonly run: string;
  readonly ended: "succeeded" | "failed";
}): Promise<void> {
  const request = await findDocument(rooms.runs, runKeys(run).request, RunRequest);
  if (request === undefined) return;
  await finish({ rooms, executions: openExecutions(machine) }, { data: request.data, run }, ended);
}
