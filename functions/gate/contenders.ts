import { Evaluation } from "../../lib/contracts/evaluation.ts";
import { Exams } from "../../lib/contracts/exams.ts";
import { modelKeys, runKeys } from "../../lib/contracts/layout.ts";
import type { Channels, ModelVersion, VersionId } from "../../lib/contracts/model-version.ts";
import { observationsWith } from "../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { Candidate, OwnTest, Reference } from "../../lib/domain/promotion.ts";
import { kindOfVersion } from "../../lib/domain/provenance.ts";
import { recordOf } from "../../lib/domain/record-of.ts";
import { EXAMINEES, readExam } from "../../lib/evaluation/exams/exam-table.ts";
import { anchorOf } from "../../lib/registry/channels.ts";
import { observationStatuses } from "../../lib/registry/observation-statuses.ts";
import { loadVersion } from "../../lib/registry/versions.ts";
import { findDocument } from "../../lib/store/documents.ts";
import type { Rooms } from "../../lib/store/open.ts";

/** What a version's own documents tell the gate, whichever side it stands on. */
async function contender({ models }: Rooms, version: VersionId) {
  const manifest = await loadVersion(models, version);
  const evaluation = await findDocument(models, modelKeys.version(version).evaluation, Evaluation);
  const statuses = observationStatuses(manifest, evaluation ?? null);
  return {
    manifest,
    evaluation,
    contender: {
      version,
      kind: kindOfVersion(manifest),
      leaks: leaks(manifest, evaluation),
      learned: OBSERVATIONS.filter((_, i) => statuses[i] !== "not-learned"),
      claimed: observationsWith(statuses, "learned"),
      thresholds: manifest.thresholds,
    },
  } as const;
}

const leaks = ({ protocol }: ModelVersion, evaluation: Evaluation | undefined): boolean =>
  protocol === "published" ||
  (evaluation !== undefined &&
    (evaluation.leakage.testPatientsInTraining > 0 || evaluation.leakage.testFilmsInTraining > 0));

/** The version that a run made, with the answers to its own test films. */
export async function candidateOf(rooms: Rooms, run: string, version: VersionId): Promise<Candidate> {
  const { manifest, evaluation, contender: known } = await contender(rooms, version);
  const exams = await findDocument(rooms.runs, runKeys(run).exams, Exams);
  return {
    ...known,
    meanAuroc: manifest.meanAuroc,
    auroc: recordOf(OBSERVATIONS, (name) => evaluation?.perObservation[name].auroc ?? null),
    ownTest: exams ? await ownTest(rooms, exams.own) : null,
    readersOnly: exams?.readersOnly ?? false,
    subgroupGap: evaluation === undefined ? null : subgroupGap(evaluation),
  };
}

/**
 * The largest gap in AUROC between two groups in any observation, and what it surely exceeds: the highest of all lower
 * bounds, which may be another gap's. A candidate evaluated before those were kept has the one of its mean AUROC.
 */
function subgroupGap({ subgroupGaps, largestSubgroupGap: ofMean }: Evaluation): Candidate["subgroupGap"] {
  if (subgroupGaps === undefined)
    return ofMean ? { gap: ofMean.gap, lower: Math.max(0, ofMean.interval?.[0] ?? 0) } : null;
  const gaps = subgroupGaps.gaps.filter(({ figure }) => figure === "auroc");
  if (gaps.length === 0) return null;
  return {
    gap: Math.max(...gaps.map(({ gap }) => gap)),
    lower: Math.max(0, ...gaps.map(({ interval }) => interval[0])),
  };
}

async function ownTest({ runs }: Rooms, key: string): Promise<OwnTest> {
  const { patients, labels, scores } = await readExam(runs, key, ["candidate"]);
  return { patients, labels, scores: scores.candidate! };
}

/** The version in production and the anchor, each with what it and the run's version answered when that was evaluated. */
export async function referencesOf(
  rooms: Rooms,
  run: string,
  candidate: VersionId,
  channels: Channels,
): Promise<Reference[]> {
  const { production } = channels;
  const anchor = anchorOf(channels);
  const exams = await findDocument(rooms.runs, runKeys(run).exams, Exams);
  const versions = new Set([production, anchor].filter((version) => version !== null && version !== candidate));
  return Promise.all(
    [...versions].map(async (version): Promise<Reference> => {
      const { contender: known } = await contender(rooms, version!);
      const roles = [
        ...(version === production ? (["champion"] as const) : []),
        ...(version === anchor ? (["anchor"] as const) : []),
      ];
      return { ...known, roles, exams: await examsWith(rooms, exams, version!) };
    }),
  );
}

async function examsWith({ runs }: Rooms, exams: Exams | undefined, version: VersionId): Promise<Reference["exams"]> {
  const held = exams?.references.find((reference) => reference.version === version)?.exams;
  if (held === undefined)
    return "this run was evaluated before that one took its place; start a new run of the same data";
  if (typeof held === "string") return held;
  return Promise.all(
    held.map(async ({ of, key }) => {
      const { patients, labels, scores } = await readExam(runs, key, EXAMINEES);
      return { of, patients, labels, candidate: scores.candidate!, reference: scores.reference! };
    }),
  );
}
