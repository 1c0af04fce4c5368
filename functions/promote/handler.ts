import { GateDecision } from "../../lib/contracts/decision.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { shown } from "../../lib/domain/shown.ts";
import { promote } from "../../lib/registry/channels.ts";
import { stepFunction } from "../../lib/steps/function.ts";
import { readDocument } from "../../lib/store/documents.ts";

/**
 * Puts the candidate in production, unless the champion that the gate compared it with has been replaced meanwhile. The gate alone
 * writes decisions; one of another run, that keeps the champion, or whose checks say otherwise is none to promote by.
 */
export const handler = stepFunction({
  step: "promote",
  work: async ({ run, keys, rooms }) => {
    const decided = await readDocument(rooms.runs, keys.decision, GateDecision);
    const { candidate, champion, becomesAnchor } = decided;
    const fault = faultOf(decided, run);
    if (fault !== undefined)
      throw new InputError("not-decided", `run ${run}: its decision ${fault}; nothing was promoted`);
    const { previous } = await promote(rooms.models, candidate, { champion, anchors: becomesAnchor });
    return { production: candidate, previous };
  },
});

function faultOf({ run, decision, checks }: GateDecision, expected: string): string | undefined {
  if (run !== expected) return `is about run ${shown(run)}`;
  if (decision !== "promote") return "is to keep what is in production";
  const failed = checks.find(({ passed }) => !passed);
  return failed && `is to promote although the check "${shown(failed.rule)}" failed`;
}
