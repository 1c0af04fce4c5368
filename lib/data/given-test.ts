import { InputError } from "../domain/errors.ts";
import type { Manifest } from "./film-columns.ts";
import { divisionOfPath } from "./film-path.ts";

/** The parts of CheXpert's own division that nothing is trained on; its `valid` films were labelled by radiologists. */
const GIVEN_TEST: ReadonlySet<string> = new Set(["valid", "test"]);

const TEST_FILE = /(^|\/)(valid|test)\.csv(\.gz)?$/;

/** Whether a data set itself puts a row aside: a list beside (`test_list.txt`), its path (`.../valid/patient00001/...`) or its CSV file (`valid.csv`) says valid or test. */
export const isGivenTest = (
  { division, path, file }: Pick<Manifest, "division" | "path" | "file">,
  row: number,
): boolean => GIVEN_TEST.has(division[row] ?? divisionOfPath(path[row]!) ?? "") || TEST_FILE.test(file[row]!);

/**
 * The patients whom a data set itself puts aside.
 * @param patients patientKey of each row
 * @param givenTest whether each row is put aside
 * @throws InputError `given-test` where there are none, or some stand on both sides: whichever side they went to, the test
 *   part would not be the data set's own
 */
export function givenTestPatients(patients: readonly string[], givenTest: readonly boolean[]): Set<string> {
  const given = new Set(patients.filter((_, row) => givenTest[row]));
  if (given.size === 0) {
    const expected =
      "expected some whose path (.../valid/patient00001/...), CSV file (valid.csv, test.csv) or list beside (test_list.txt) says valid or test";
    throw new InputError(
      "given-test",
      `split as-given, and none of the ${patients.length} rows is in the data set's own valid or test part; ${expected}`,
    );
  }
  const both = new Set(patients.filter((patient, row) => !givenTest[row] && given.has(patient)));
  if (both.size === 0) return given;
  const [first] = both;
  const whom = `${both.size} of ${given.size} test patients are also in the training part, such as ${first!.split("\n").at(-1)}`;
  throw new InputError(
    "given-test",
    `split as-given: ${whom}; expected each on one side of the data set's own division`,
  );
}
