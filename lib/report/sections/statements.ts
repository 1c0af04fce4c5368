import type { CardStatements } from "../../contracts/card-statements.ts";
import { CARD_STATEMENTS, type CardStatement, unstated } from "../../domain/card-statements.ts";
import { type Html, html } from "../html.ts";

const TITLES = Object.entries(CARD_STATEMENTS) as [CardStatement, string][];

/**
 * What people say of the model beside its figures, and what they do not.
 * @param toldAbove statements that stand elsewhere on the page
 */
export function statements(
  stated: CardStatements,
  { toldAbove = [] }: { readonly toldAbove?: readonly CardStatement[] } = {},
): Html {
  const missing = unstated(stated);
  const said = TITLES.flatMap(([key, title]) =>
    stated[key] === undefined || toldAbove.includes(key) ? [] : [html`<dt>${title}</dt><dd>${stated[key]}</dd>`],
  );
  return html`
<h2 id="statements">What its makers say</h2>
${said.length === 0 ? null : html`<dl class="plain">${said}</dl>`}
${missing.length === 0 ? null : html`<p>Not stated by who made this model:</p><ul>${missing.map((title) => html`<li>${title}</li>`)}</ul>`}`;
}
