import { GateDecision } from "../../lib/contracts/decision.ts";
import { promote } from "../../lib/registry/channels.ts";
import { stepFunction } from "../../lib/steps/function.ts";
import { readDocument } from "../../lib/store/documents.ts";

/** Puts the candidate in production, unless the champion that the gate compared it with has been replaced meanwhile. */
export const handler = stepFunction({
  step: "promote",
  work: async ({ keys, rooms }) => {
    const { candidate, champion, becomesAnchor } = await readDocument(rooms.runs, keys.decision, GateDecision);
    const { previous } = await promote(rooms.models, candidate, { champion, anchors: becomesAnchor });
    return { production: candidate, previous };
  },
});
