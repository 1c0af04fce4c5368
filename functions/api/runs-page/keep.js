/**
 * Draws parts of a page anew only where what they show has changed: what a person has opened, focused, selected or
 * scrolled to in the others stays.
 */
export function keeper() {
  /** @type {Map<Element, string>} */
  const drawn = new Map();
  /** @param {Element} place @param {unknown} content @param {() => (Node | string | null)[]} make */
  return (place, content, make) => {
    const text = JSON.stringify(content) ?? "";
    if (drawn.get(place) === text) return;
    drawn.set(place, text);
    place.replaceChildren(...make().filter((child) => child !== null));
  };
}
