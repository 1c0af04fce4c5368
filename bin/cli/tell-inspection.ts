import type { Inspection, UnderstoodFolder } from "../../lib/contracts/inspection.ts";
import type { ReadersTable } from "../../lib/contracts/readers.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { PARTS } from "../../lib/domain/parts.ts";
import { escapeText } from "../../lib/domain/shown.ts";
import { count, list, percent } from "../../lib/report/format.ts";
import { FACTOR_TEXT, SHARE_TEXT, SHARED_ROWS_TEXT } from "../../lib/report/inspection.ts";
import { positivesText, shareText } from "../../lib/report/sections/readers.ts";

/** What a folder's files were taken for. */
function folderFacts({ forms, films, ownPatients, beside, passedOver }: UnderstoodFolder): string[] {
  const lines = [
    ...forms.map(({ file, form, columns }) => {
      const read = Object.entries(columns).map(([what, name]) =>
        what === name ? name : `${what} from ${quoted(name)}`,
      );
      return ["Read", `${escapeText(file)}: ${form}${read.length > 0 ? `, of ${list(read)}` : ""}`];
    }),
    ["Films", `${count(films.there)} of ${count(films.there + films.missing)} are there`],
    ...(ownPatients > 0 ? [["Patients", `${count(ownPatients)} films name none: each counts as one of its own`]] : []),
    ...(beside.length > 0 ? [["Beside", list(beside.map(escapeText))]] : []),
    ...(passedOver.length > 0 ? [["Passed over", list(passedOver.map(escapeText))]] : []),
  ];
  return lines.map(([name = "", text]) => `${name.padEnd(13)}${text}`);
}

const quoted = (name: string): string => escapeText(JSON.stringify(name));

/** An inspection as tables for people. */
export function tellInspection(inspection: Inspection): string {
  const { files, rows, patients, policy, protocol, division, upsampling, leakage, readers, subjects } = inspection;
  const leftOut = Object.entries(rows.leftOut).map(([reason, n]) => `${count(n)} ${reason}`);
  const facts = [
    ["Files", list(files.map(({ file, rows: n }) => `${escapeText(file)} (${count(n)})`))],
    [
      "Rows",
      `${count(rows.read)} read, ${count(rows.used)} used${leftOut.length > 0 ? `; left out: ${list(leftOut)}` : ""}`,
    ],
    ...(rows.unlabelled > 0 ? [["", `${count(rows.unlabelled)} of those used have no label at all`]] : []),
    ["Patients", count(patients)],
    ["Policy", policy.name ?? JSON.stringify(policy)],
    ["Protocol", division === "as-given" ? `${protocol}; test part as the data set divides itself` : protocol],
    ["Up-sampling", `${upsampling.rule.kind}: ${count(upsampling.rowsBefore)} rows to ${count(upsampling.rowsAfter)}`],
    [
      "Leakage",
      `${share(leakage.testFilmsInTraining, leakage.testFilms)} test films and ${share(leakage.testPatientsInTraining, leakage.testPatients)} test patients are also in the training part`,
    ],
  ];
  return `${[
    ...(inspection.folder === undefined ? [] : [...folderFacts(inspection.folder), ""]),
    ...facts.map(([name = "", text]) => `${name.padEnd(13)}${text}`),
    "",
    ...observationTable(inspection),
    FACTOR_TEXT,
    SHARE_TEXT,
    "",
    ...partTable(inspection),
    ...(protocol === "published" ? [SHARED_ROWS_TEXT] : []),
    ...(readers === null ? [] : ["", ...readersTable(readers), shareText(readers)]),
    "",
    ...Object.entries(subjects).map(
      ([name, counts]) =>
        `${name.padEnd(8)}${Object.entries(counts)
          .map(([value, n]) => `${value} ${count(n)}`)
          .join(", ")}`,
    ),
  ].join("\n")}\n`;
}

const share = (part: number, whole: number): string => `${count(part)} of ${count(whole)}`;

/** Columns as wide as their widest cell, the first set left. */
function align(lines: readonly (readonly string[])[]): string[] {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  "),
  );
}

const observationTable = ({ observations }: Inspection): string[] =>
  align([
    [
      "",
      "positive",
      "negative",
      "uncertain",
      "blank",
      "not labelled",
      "positives",
      "ignored",
      "factor",
      "share before",
      "share after",
    ],
    ...OBSERVATIONS.map((name) => {
      const { labels, positives, ignored, factor, prevalenceBefore, prevalenceAfter } = observations[name]!;
      const { positive, negative, uncertain, blank, notLabelled } = labels;
      const counts = [positive, negative, uncertain, blank, notLabelled, positives, ignored, factor];
      return [name, ...counts.map(count), percent(prevalenceBefore), percent(prevalenceAfter)];
    }),
  ]);

const partTable = ({ split, splitAfterUpsampling }: Inspection): string[] =>
  align([
    ["", "rows", "patients", "rows after up-sampling"],
    ...PARTS.map((part) => [
      part,
      count(split[part].rows),
      count(split[part].patients),
      count(splitAfterUpsampling[part].rows),
    ]),
  ]);

const readersTable = ({ readers }: ReadersTable): string[] =>
  align([
    ["reader", "used", "for training", "left out", "positive labels"],
    ...readers.map(({ reader, rows, train, leftOut, positives }) => [
      reader,
      ...[rows, train, leftOut].map(count),
      positivesText(positives),
    ]),
  ]);
