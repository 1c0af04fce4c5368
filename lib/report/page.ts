import { type Html, html, raw } from "./html.ts";
import { STYLE } from "./style.ts";

export interface Page {
  readonly title: string;
  readonly kicker: string;
  readonly description: string;
  /** Said before all else; null where there is nothing to say. */
  readonly caution?: string | null;
  readonly sections: readonly Html[];
  readonly footer: string;
}

/** A document as one HTML file: no script, nothing loaded from elsewhere, prints on A4. */
export const page = ({ title, kicker, description, caution = null, sections, footer }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<p class="kicker">${kicker}</p>
<h1>${title}</h1>
${description && html`<p>${description}</p>`}
</header>
${
  caution &&
  html`<p class="banner" role="note"><strong>${caution}</strong></p>
`
}<main>
${sections.map((section) => html`${section}\n`)}</main>
<footer>${footer}</footer>
</body>
</html>
`.markup;
