import { inBrief } from "./decisions.js";
import { byId, make } from "./dom.js";
import { state, update, watch } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** @type {Record<Film["status"], (film: Film) => string>} */
const WORDS = {
  reading: () => "…",
  refused: () => "refused",
  failed: () => "failed",
  answered: ({ prediction }) => (prediction === null ? "" : inBrief(prediction)),
};

/** Goes to the next film (1) or the one before (-1). @param {number} step */
export function showNext(step) {
  const place = state.film === null ? -1 : state.films.indexOf(state.film);
  const film = state.films[place + step];
  if (film !== undefined) update({ film });
}

/** The films of this sitting, once there are several. */
export function startStrip() {
  const strip = byId("strip", HTMLElement);
  /** @type {Map<Film, { button: HTMLButtonElement, image: HTMLImageElement, word: HTMLElement }>} */
  const buttons = new Map();
  watch(() => {
    strip.hidden = state.films.length < 2;
    for (const film of state.films) {
      let entry = buttons.get(film);
      if (entry === undefined) {
        const image = make("img", { alt: "" });
        const word = make("span", {});
        const button = make("button", { type: "button", onclick: () => update({ film }) }, image, word);
        entry = { button, image, word };
        buttons.set(film, entry);
        strip.append(button);
      }
      const { button, image, word } = entry;
      if (film.picture !== null && image.getAttribute("src") !== film.picture) image.src = film.picture;
      word.textContent = WORDS[film.status](film);
      button.setAttribute("aria-label", `Film ${film.number}, ${film.name}: ${word.textContent}`);
      button.setAttribute("aria-current", String(film === state.film));
    }
  });
}
