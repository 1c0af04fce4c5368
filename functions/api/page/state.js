/** @typedef {import("./client.js").Prediction} Prediction */
/** @typedef {import("./client.js").ModelDetails} ModelDetails */
/** @typedef {import("./client.js").Problem} Problem */

/**
 * A film on the page. It lives in this tab alone and is gone with it.
 * @typedef {object} Film
 * @property {number} number counted from 1
 * @property {string} name
 * @property {Blob} file
 * @property {"reading" | "answered" | "refused" | "failed"} status
 * @property {string | null} picture URL of what is shown; null while there is none
 * @property {Prediction | null} prediction
 * @property {Problem | null} problem
 */

/**
 * @typedef {object} State
 * @property {Film[]} films
 * @property {Film | null} film the one on the stage
 * @property {string | null} observation the chosen finding
 * @property {string | null} hovered the finding under the pointer; while maps are shown, its map is
 * @property {string | null} note what is to be said of the last folder that was taken in
 * @property {boolean} mapOn
 * @property {number} opacity of the heat map at its hottest, 0 to 1
 * @property {Map<string, ModelDetails>} cards by version
 * @property {Problem | null} missing why no model answers; null where one does, or nobody has asked yet
 * @property {string | null} loaded version that answers now
 * @property {import("./client.js").ModelList["limits"] | null} limits null until the service has told them
 * @property {import("./client.js").ModelList["offers"]} offers
 * @property {Map<string, number>} thresholds those that were moved, by observation
 */

/** @type {State} */
export const state = {
  films: [],
  film: null,
  observation: null,
  hovered: null,
  note: null,
  mapOn: false,
  opacity: 0.65,
  cards: new Map(),
  missing: null,
  loaded: null,
  limits: null,
  offers: { uploads: false, feedback: false, runs: false },
  thresholds: new Map(),
};

/** @type {Set<() => void>} */
const watchers = new Set();

/** @param {() => void} watcher called after every change */
export const watch = (watcher) => {
  watchers.add(watcher);
};

/** @param {Partial<State>} [change] */
export function update(change = {}) {
  Object.assign(state, change);
  for (const watcher of watchers) watcher();
}

/** @param {Film} film @param {Partial<Film>} change */
export function updateFilm(film, change) {
  Object.assign(film, change);
  update();
}

/** @param {string} observation @param {number} fallback the model's own @returns {number} the threshold in force */
export const thresholdOf = (observation, fallback) => state.thresholds.get(observation) ?? fallback;

/** @returns {import("./client.js").Finding[]} findings of the film on the stage, likeliest first, those not learned last */
export const sortedFindings = () =>
  [...(state.film?.prediction?.findings ?? [])].sort((a, b) => (b.probability ?? -1) - (a.probability ?? -1));

/** Of what was learned: of the rest there is nothing to choose or show. @param {string | null} observation */
const findingOf = (observation) =>
  state.film?.prediction?.findings.find(
    (finding) => finding.observation === observation && finding.status !== "not-learned",
  );

export const chosenFinding = () => findingOf(state.observation);

/** The finding whose map is asked for; undefined while maps are off. */
export const shownFinding = () => (state.mapOn ? (findingOf(state.hovered) ?? chosenFinding()) : undefined);

/** @returns {ModelDetails | null} the card of the model that answered for the film on the stage, or would answer now */
export const currentCard = () => state.cards.get(state.film?.prediction?.model.version ?? state.loaded ?? "") ?? null;
