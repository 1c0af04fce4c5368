import { GateDecision } from "../../lib/contracts/decision.ts";
import { RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { GateAnswer } from "../../lib/contracts/execution.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { judge } from "../../lib/domain/promotion.ts";
import { anchorOf, readChannels, setCandidate } from "../../lib/registry/channels.ts";
import { withDecision } from "../../lib/report/decision.ts";
import { stepFunction } from "../../lib/steps/function.ts";
import { readDocument, writeDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";
import { candidateOf, referencesOf } from "./contenders.ts";

/** Makes the run's version the candidate and judges it against the one in production. */
export const handler = stepFunction<GateAnswer>({
  step: "gate",
  work: async ({ run, keys, request, rooms }) => {
    const { model: version } = await readDocument(rooms.runs, keys.evaluation, RunEvaluation);
    await setCandidate(rooms.models, version);
    const channels = await readChannels(rooms.models);
    const candidate = await candidateOf(rooms, run, version);
    const references = await referencesOf(rooms, run, version, channels);
    const { decision, checks, isBest } = judge(candidate, references, request.config.gate, request.config.seed);
    const document: GateDecision = {
      schema: "hilum.decision/1",
      run,
      candidate: version,
      champion: channels.production,
      anchor: anchorOf(channels),
      becomesAnchor: isBest,
      decision,
      checks: [...checks],
    };
    await writeDocument(rooms.runs, keys.decision, GateDecision, document);
    await showDecision(rooms.runs, keys.report, document);
    return {
      decision,
      candidate: version,
      champion: channels.production,
      failed: checks.filter((c) => !c.passed).length,
    };
  },
  answer: async ({ run, rooms }) => {
    const { decision } = await readDocument(rooms.runs, runKeys(run).decision, GateDecision);
    return GateAnswer.parse({ decision });
  },
});

/** Writes the decision into the run's report; the version's own copy is hashed and stays as it was published. */
async function showDecision(runs: Store, key: string, decision: GateDecision): Promise<void> {
  if ((await runs.head(key)) === undefined) return;
  const report = Buffer.from(await runs.get(key)).toString();
  await runs.put(key, Buffer.from(withDecision(report, decision)));
}
