/** The most of a foreign text that stands in one message. */
const MOST_SHOWN = 200;

/**
 * What a terminal, a log or a page would obey or hide instead of showing it: control characters (ECMA-48, C0 and C1), line and
 * paragraph separators, what overrides the direction of text (UAX #9, section 2), the byte order mark, halves of a character.
 */
const NOT_SHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string => {
  const known = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  return known ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
};

/** The same of what we have laid out in lines and columns ourselves; within JSON it stays the same JSON. */
export const escapeLines = (text: string): string =>
  text.replace(NOT_SHOWN, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));

/** A text as it can be written anywhere without being obeyed, on one line: `a\u001b[2Jb`. */
export const escapeText = (text: string): string => text.replace(NOT_SHOWN, escaped);

/** A text from a file, a header or a name, as it stands in a message: escaped, and cut where it is long. */
export function shown(text: string, most: number = MOST_SHOWN): string {
  return escapeText(text.length > most ? `${text.slice(0, most)}…` : text);
}
