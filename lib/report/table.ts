import { type Fragment, type Html, html } from "./html.ts";

/** A column's title; `text` columns are set left and may wrap, others are numbers set right. */
type Heading = string | { readonly title: string; readonly text: true };

export interface Row {
  readonly name: Fragment;
  readonly cells: readonly Fragment[];
}

export interface Table {
  readonly caption: Html;
  /** Titles, the first over the rows' names. */
  readonly headings: readonly Heading[];
  readonly rows: readonly Row[];
  readonly foot?: Row;
}

export function table({ caption, headings, rows, foot }: Table): Html {
  const kinds = headings.map((heading) => (typeof heading === "string" ? "" : "text"));
  const titles = headings.map((heading) => (typeof heading === "string" ? heading : heading.title));
  const line = ({ name, cells }: Row): Html =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell, i) => html`<td class="${kinds[i + 1] ?? ""}">${cell}</td>`)}</tr>`;
  return html`<figure class="table"><figcaption>${caption}</figcaption><div class="scroll"><table>
<thead><tr>${titles.map((title, i) => html`<th scope="col" class="${kinds[i] ?? ""}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(line)}</tbody>
${foot ? html`<tfoot>${line(foot)}</tfoot>` : null}
</table></div></figure>`;
}

/** The row of an observation that the model did not learn, which has no figures. */
export const notLearnedRow = (name: string, columns: number): Row => ({
  name,
  cells: [html`<span class="quiet">not learned</span>`, ...Array.from({ length: columns - 1 }, () => null)],
});

/** A figure; quiet words where it is not defined. */
export const cell = (value: number | null, places = 2): Fragment =>
  value === null
    ? html`<span class="quiet undefined">not defined</span>`
    : value.toFixed(places).replace(/^-(0\.0*)$/, "$1");
