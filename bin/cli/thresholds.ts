import * as z from "zod";
import { ObservationName, perObservation, Share } from "../../lib/contracts/primitives.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { forEachObservation } from "../../lib/domain/observations.ts";
import { DEFAULT_THRESHOLD } from "../../lib/domain/operating-point.ts";
import { readWholeFile } from "../../lib/store/open-file.ts";
import { whyUnread } from "./unread-file.ts";

const ByName = z.record(ObservationName, Share);
const InOrder = perObservation(Share);
/** Such as a version's model.json. */
const Document = z.object({ thresholds: z.union([ByName, InOrder]) });
const Thresholds = z.union([ByName, InOrder, Document]);

/**
 * Operating points from a JSON file: an object by observation, a list of 14, or a document with such `thresholds`, as
 * a version's model.json; 0.5 everywhere without a file.
 * @throws InputError `thresholds`
 */
export async function readThresholds(file: string | undefined): Promise<number[]> {
  if (file === undefined) return forEachObservation(() => DEFAULT_THRESHOLD);
  const bytes = await readWholeFile(file).catch((cause) => {
    throw new InputError("thresholds", `${file}: ${whyUnread(cause)}`, { cause });
  });
  const parsed = Thresholds.safeParse(jsonOf(bytes.toString("utf8")));
  if (!parsed.success) {
    const expected = "expected JSON with a threshold from 0 to 1 for each of the 14 observations";
    throw new InputError("thresholds", `${file}: ${expected}, by name or as a list in their order`);
  }
  const found: Record<string, number> | number[] | z.infer<typeof Document> = parsed.data;
  const thresholds = isDocument(found) ? found.thresholds : found;
  return Array.isArray(thresholds) ? thresholds : forEachObservation((name) => thresholds[name]!);
}

const isDocument = (found: object): found is z.infer<typeof Document> => "thresholds" in found;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
