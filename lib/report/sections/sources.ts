import type { Provenance } from "../../contracts/provenance.ts";
import type { Composition, PartComposition } from "../../domain/composition.ts";
import { PARTS } from "../../domain/parts.ts";
import { KIND_WORDS, NOT_STATED, SOURCE_FACTS } from "../../domain/provenance.ts";
import { count, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { table } from "../table.ts";

const FACTS = Object.entries(SOURCE_FACTS) as [keyof typeof SOURCE_FACTS, string][];

const unsaid = html`<span class="quiet">${NOT_STATED}</span>`;

/** Where the films come from, as far as anybody has said. */
export function sources(provenance: Provenance | undefined): Html {
  const title = html`<h2 id="sources">Where the films come from</h2>`;
  if (provenance === undefined) return html`${title}<p>${NOT_STATED}: this was not recorded when the run was made.</p>`;
  return html`${title}
${provenance.map(
  ({ name, kind, ...facts }) => html`<dl class="plain">
<dt>Name</dt><dd><strong>${name}</strong></dd>
<dt>Kind</dt><dd>${KIND_WORDS[kind]}</dd>
${FACTS.map(([fact, words]) => html`<dt>${words}</dt><dd>${facts[fact] ?? unsaid}</dd>`)}
</dl>`,
)}`;
}

/** Whose films each part holds. */
export function compositionTable(composition: Composition, title: string): Html {
  const parts = PARTS.map((part) => composition[part]);
  const line = (name: string, of: (part: PartComposition) => string) => ({ name, cells: parts.map(of) });
  const shares = (axis: "sex" | "projection" | "source", words: string) => {
    const names = [...new Set(parts.flatMap((part) => Object.keys(part[axis])))].sort();
    return names.map((name) =>
      line(`${words}: ${name}`, (part) => {
        const films = part[axis][name] ?? 0;
        return part.films === 0 ? "0" : `${count(films)} (${percent(films / part.films)})`;
      }),
    );
  };
  return html`<h3 id="composition">Whose films</h3>
${table({
  caption: html`<b>${title}</b> Counted by films, with their share of the part. Age: mean and standard deviation over the films whose
patient's age is known.`,
  headings: ["", ...PARTS.map((part) => part.charAt(0).toUpperCase() + part.slice(1))],
  rows: [
    line("Films", ({ films }) => count(films)),
    line("Patients", ({ patients }) => count(patients)),
    ...shares("sex", "Sex"),
    line("Age in years, mean (SD)", ({ age }) =>
      age.mean === null
        ? NOT_STATED
        : `${age.mean.toFixed(1)}${age.deviation === null ? "" : ` (${age.deviation.toFixed(1)})`}`,
    ),
    line("Age not known", ({ films, age }) => count(films - age.known)),
    ...shares("projection", "Projection"),
    ...shares("source", "Source"),
  ],
})}`;
}
