import { testSetKey } from "../contracts/layout.ts";
import type { RunRequest } from "../contracts/run.ts";
import { TestSet } from "../contracts/test-set.ts";
import { InputError } from "../domain/errors.ts";
import { sha256 } from "../domain/sha256.ts";
import { patientAnywhere } from "../domain/split.ts";
import { findDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import { updateDocument } from "../store/update.ts";

/** Share of a pinned set's patients that must still be in the folder; with fewer, its films were replaced. */
const LEAST_PRESENT = 0.5;

const keyOf = ({ data }: RunRequest): string => testSetKey(sha256(data).slice(0, 32));

/** A test set of these patients, named by them. */
export function makeTestSet(patients: readonly string[]): TestSet {
  const content = { patients: [...new Set(patients)].sort() };
  return { schema: "hilum.test-set/2", version: sha256(JSON.stringify(content)).slice(0, 16), ...content };
}

/** The folder's pinned set, or undefined where there is none whose patients are still there. */
export async function findTestSet(
  datasets: Store,
  request: RunRequest,
  present: ReadonlySet<string>,
): Promise<TestSet | undefined> {
  const kept = await findDocument(datasets, keyOf(request), TestSet);
  const found = kept && whereTheyAre(kept, present);
  return found && isPresent(found, present) ? found : undefined;
}

/**
 * The set with the names that its patients have now: a source that was moved into a folder of its own, or out of it, has
 * another name, and its patients are the same.
 */
function whereTheyAre(kept: TestSet, present: ReadonlySet<string>): TestSet {
  const [here, gone] = [new Set<string>(), new Set<string>()];
  for (const patient of kept.patients) (present.has(patient) ? here : gone).add(patient);
  const moved = new Set([...gone].map(patientAnywhere));
  const found = [...present].filter((patient) => !here.has(patient) && moved.has(patientAnywhere(patient)));
  if (found.length === 0) return kept;
  const again = new Set(found.map(patientAnywhere));
  const missing = [...gone].filter((patient) => !again.has(patientAnywhere(patient)));
  return { ...kept, patients: [...here, ...missing, ...found] };
}

/** Pins the set where there is none of use. Of several runs at once the first one's holds, and is what all are told. */
export async function pinTestSet(
  datasets: Store,
  request: RunRequest,
  made: TestSet,
  present: ReadonlySet<string>,
): Promise<TestSet> {
  const { value } = await updateDocument(datasets, keyOf(request), TestSet, (kept) =>
    kept && isPresent(whereTheyAre(kept, present), present) ? kept : made,
  );
  return whereTheyAre(value, present);
}

/**
 * Pins the test patients that the data set's own division gives, again where it has grown.
 * @throws InputError `test-set` where an earlier run of the folder pinned others, whom this one would train on
 */
export async function pinGivenTestSet(
  datasets: Store,
  request: RunRequest,
  given: TestSet,
  present: ReadonlySet<string>,
): Promise<TestSet> {
  const patients = new Set(given.patients);
  const { value } = await updateDocument(datasets, keyOf(request), TestSet, (kept) => {
    const others = kept && isPresent(kept, present) ? kept.patients.filter((patient) => !patients.has(patient)) : [];
    const trained = others.filter((patient) => present.has(patient)).length;
    if (trained > 0) {
      const what = `${trained} test patients that an earlier run of this folder pinned are not in the data set's own valid or test part`;
      throw new InputError(
        "test-set",
        `split as-given: ${what}, and would be trained on; use a store of its own (--store)`,
      );
    }
    return kept?.version === given.version ? kept : given;
  });
  return value;
}

const isPresent = ({ patients }: TestSet, present: ReadonlySet<string>): boolean =>
  patients.length > 0 && patients.filter((patient) => present.has(patient)).length >= LEAST_PRESENT * patients.length;
