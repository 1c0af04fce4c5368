/**
 * An element with attributes, properties that start with `on`, and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | EventListener | undefined>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * The element with that id, which index.html has.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`index.html: no ${type.name} #${id}`);
  return element;
}

/** @param {number} value @returns {string} such as 0.83 */
export const twoDigits = (value) => value.toFixed(2);

/** A probability, never rounded to certainty. @param {number} value @returns {string} such as 0.83, <0.01 or >0.99 */
export function probability(value) {
  if (value > 0 && value < 0.005) return "<0.01";
  return value < 1 && value >= 0.995 ? ">0.99" : twoDigits(value);
}

/** @param {number | null | undefined} value @returns {string} */
export const figure = (value) => (value === null || value === undefined ? "–" : twoDigits(value));

/**
 * The rate as a number; where it may not be claimed, as the films that it rests on.
 * @param {import("./operating-point.js").Rate | null | undefined} of
 * @param {import("./client.js").ModelDetails["statuses"][number] | undefined} status
 */
export function rateText(of, status) {
  if (!of) return figure(null);
  return status === "not-claimed" ? `${Math.round(of.share * of.films)} of ${of.films}` : figure(of.share);
}

/** @param {number} count @param {string} word @returns {string} "1 film", "2 films" */
export const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
