import { escapeLines } from "../domain/shown.ts";

/** Markup that is safe to print as it is. Made by `html` and `raw` alone. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for element content and quoted attributes. */
export const escapeHtml = (text: string): string =>
  escapeLines(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

function print(fragment: Fragment): string {
  if (fragment === null || fragment === undefined || fragment === false) return "";
  if (fragment instanceof Html) return fragment.markup;
  if (Array.isArray(fragment)) return fragment.map(print).join("");
  return escapeHtml(String(fragment));
}

/** Template whose values are escaped, save those that are Html themselves. Null, undefined and false print nothing. */
export const html = (strings: TemplateStringsArray, ...values: readonly Fragment[]): Html =>
  new Html(strings.reduce((printed, text, i) => printed + print(values[i - 1]) + text));

/** Markup from a trusted maker, such as a chart's SVG. */
export const raw = (markup: string): Html => new Html(markup);
