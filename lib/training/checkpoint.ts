import type { TrainingState } from "../model/session.ts";
import type { Weights } from "../model/weights.ts";
import { decodeDocument } from "../store/documents.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../store/safetensors.ts";
import { Journal } from "./journal.ts";
import { asTensors, asWeights } from "./weights-file.ts";

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly journal: Journal;
  readonly state: TrainingState;
  /** The best network so far. */
  readonly best: Weights | null;
}

/** What a tensor belongs to, the first part of its name in the file: `weights/conv1/kernel`. */
const GROUPS = ["weights", "firstMoments", "secondMoments", "average", "best"] as const;
type Groups = Record<(typeof GROUPS)[number], Weights | null>;

/** A checkpoint as one safetensors file, its journal in the metadata. */
export function encodeCheckpoint({ journal, state, best }: Checkpoint): Uint8Array {
  const groups: Groups = { ...state, best };
  const tensors = new Map<string, Tensor>();
  for (const group of GROUPS) {
    for (const [name, tensor] of asTensors(groups[group] ?? new Map())) tensors.set(`${group}/${name}`, tensor);
  }
  return writeSafetensors({ tensors, metadata: { journal: JSON.stringify(journal) } });
}

/** @throws InputError where the bytes are no checkpoint; `where` names them */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, where);
  const journal = decodeDocument(Journal, Buffer.from(metadata.journal ?? ""), `${where}: journal`);
  const group = (name: keyof Groups): Weights => {
    const prefix = `${name}/`;
    const members = [...tensors].filter(([path]) => path.startsWith(prefix));
    return asWeights(
      members.map(([path, tensor]) => [path.slice(prefix.length), tensor]),
      where,
    );
  };
  const orNull = (weights: Weights): Weights | null => (weights.size > 0 ? weights : null);
  return {
    journal,
    state: {
      step: journal.step,
      weights: group("weights"),
      firstMoments: group("firstMoments"),
      secondMoments: group("secondMoments"),
      average: orNull(group("average")),
    },
    best: orNull(group("best")),
  };
}
