import { InputError } from "../domain/errors.ts";
import type { Weights } from "../model/weights.ts";
import { decodeDocument } from "../store/documents.ts";
import { Journal } from "./journal.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.ts";
import type { TrainingState } from "./session.ts";

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly journal: Journal;
  readonly state: TrainingState;
  /** The best network so far. */
  readonly best: Weights | null;
}

/** Where each group of tensors stands in the file: `weights/conv1/kernel`. */
const GROUPS = ["weights", "firstMoments", "secondMoments", "average", "best"] as const;
type Group = (typeof GROUPS)[number];

/** A checkpoint as one safetensors file, its journal in the metadata. */
export function encodeCheckpoint({ journal, state, best }: Checkpoint): Uint8Array {
  const groups: Record<Group, Weights | null> = { ...state, best };
  const tensors = new Map<string, Tensor>();
  for (const group of GROUPS) {
    for (const [name, tensor] of groups[group] ?? []) tensors.set(`${group}/${name}`, { dtype: "F32", ...tensor });
  }
  return writeSafetensors({ tensors, metadata: { journal: JSON.stringify(journal) } });
}

/** @throws InputError where the bytes are no whole checkpoint; `where` names them */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, where);
  const groups = new Map<string, Map<string, { shape: readonly number[]; data: Float32Array }>>();
  for (const [path, tensor] of tensors) {
    const slash = path.indexOf("/");
    const group = path.slice(0, slash);
    if (tensor.dtype !== "F32")
      throw new InputError("checkpoint", `${where}: ${path} is ${tensor.dtype}, expected F32`);
    if (!groups.has(group)) groups.set(group, new Map());
    groups.get(group)!.set(path.slice(slash + 1), { shape: tensor.shape, data: tensor.data });
  }
  const journal = decodeDocument(Journal, Buffer.from(metadata.journal ?? ""), `${where}: journal`);
  return {
    journal,
    state: {
      step: journal.step,
      weights: groups.get("weights") ?? new Map(),
      firstMoments: groups.get("firstMoments") ?? new Map(),
      secondMoments: groups.get("secondMoments") ?? new Map(),
      average: groups.get("average") ?? null,
    },
    best: groups.get("best") ?? null,
  };
}
