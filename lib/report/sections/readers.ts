import type { ReadersTable } from "../../contracts/readers.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { count, list, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { table } from "../table.ts";

/** Observations that a reader found, and on how many films. */
export const positivesText = (positives: readonly number[]): string => {
  const found = OBSERVATIONS.flatMap((name, k) => (positives[k]! > 0 ? [`${name} ${count(positives[k]!)}`] : []));
  return found.length === 0 ? "none" : list(found);
};

/** What a reader's share means for the films at hand. */
export const shareText = ({ alone, share }: ReadersTable): string =>
  alone
    ? "Readers sent all films, so that none of them is held to a share."
    : `Of each part ${percent(share)} may be one reader's films (data.readerShare); what is beyond is left out. Readers' films are never tested on.`;

/** Who taught what: films that readers sent to the service, by reader. */
export const readersText = (of: ReadersTable): Html => html`<h3 id="readers">Who taught what</h3>
<p>Readers sent films to the service with labels of their own. ${shareText(of)}</p>
${readersTable(of)}`;

export const readersTable = ({ readers }: ReadersTable): Html =>
  table({
    caption: html`<b>Table #. Films by reader</b>, under their pseudonyms, and what they found on those that are used.`,
    headings: ["Reader", "Used", "For training", "Left out", { title: "Positive labels", text: true }],
    rows: readers.map(({ reader, rows, train, leftOut, positives }) => ({
      name: reader,
      cells: [count(rows), count(train), count(leftOut), positivesText(positives)],
    })),
  });
