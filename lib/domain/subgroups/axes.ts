/** By what test films are told apart; `age-sex` by both at once (Buolamwini and Gebru 2018). */
export const SUBGROUP_AXES = ["sex", "age", "age-sex", "projection", "source"] as const;
export type SubgroupAxis = (typeof SUBGROUP_AXES)[number];

/** What a film's row says of its patient and how it was taken. */
export interface Subject {
  readonly sex: string;
  /** Years; null where it is not known. */
  readonly age: number | null;
  readonly projection: string;
  readonly source: string;
}

/** Films of which an axis is not known: counted and shown, but no group to compare with. */
export const UNKNOWN_GROUP = "not known";

/** The source of films whose paths begin with their patient: one like any other. */
const UNNAMED = "without a name";

/** Youngest age that belongs to a band, from old to young. */
const AGE_BANDS = [
  { from: 80, name: "80 and over" },
  { from: 60, name: "60 to 79" },
  { from: 40, name: "40 to 59" },
  { from: 0, name: "0 to 39" },
] as const;

const sexOf = ({ sex }: Subject): string => (sex === "Unknown" || sex === "" ? UNKNOWN_GROUP : sex);
const ageOf = ({ age }: Subject): string =>
  age === null ? UNKNOWN_GROUP : (AGE_BANDS.find(({ from }) => age >= from)?.name ?? UNKNOWN_GROUP);

const GROUP_OF: Readonly<Record<SubgroupAxis, (subject: Subject) => string>> = {
  sex: sexOf,
  age: ageOf,
  "age-sex": (subject) => {
    const [sex, age] = [sexOf(subject), ageOf(subject)];
    return sex === UNKNOWN_GROUP || age === UNKNOWN_GROUP ? UNKNOWN_GROUP : `${sex}, ${age}`;
  },
  projection: ({ projection }) => projection || UNKNOWN_GROUP,
  source: ({ source }) => source || UNNAMED,
};

/** Films of one group of an axis. */
export interface Cohort {
  readonly axis: SubgroupAxis;
  readonly group: string;
  /** Films, rising. */
  readonly rows: Uint32Array;
  /** Number of each film's patient among the cohort's, from 0. */
  readonly patients: Uint32Array;
  /** Number of each of the cohort's patients among all. */
  readonly patientOf: Uint32Array;
}

/**
 * The groups of each axis that has more than one, in the order of their names. Age and sex together are left out where
 * one of them has but one group that is known.
 * @param patients number of each film's patient, from 0
 */
export function cohortsByAxis(subjects: readonly Subject[], patients: ArrayLike<number>): Cohort[][] {
  const axes = new Map(SUBGROUP_AXES.map((axis) => [axis, cohortsOf(axis, subjects, patients)]));
  const known = (axis: SubgroupAxis) => axes.get(axis)!.filter(({ group }) => group !== UNKNOWN_GROUP).length;
  if (Math.min(known("sex"), known("age")) < 2) axes.delete("age-sex");
  return [...axes.values()].filter((cohorts) => cohorts.length > 1);
}

function cohortsOf(axis: SubgroupAxis, subjects: readonly Subject[], patients: ArrayLike<number>): Cohort[] {
  const rowsOf = new Map<string, number[]>();
  subjects.forEach((subject, row) => {
    const group = GROUP_OF[axis](subject);
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  return [...rowsOf]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, rows]) => {
      const numbers = new Map<number, number>();
      const own = Uint32Array.from(rows, (row) => {
        const number = numbers.get(patients[row]!) ?? numbers.size;
        numbers.set(patients[row]!, number);
        return number;
      });
      return { axis, group, rows: Uint32Array.from(rows), patients: own, patientOf: Uint32Array.from(numbers.keys()) };
    });
}
