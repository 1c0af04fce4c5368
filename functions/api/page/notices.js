import { inSentences } from "./decisions.js";
import { byId, make } from "./dom.js";
import { state, watch } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** @type {Record<Film["status"], (film: Film) => string>} */
const SUMMARIES = {
  reading: () => "Reading the film…",
  refused: () => "This film has no findings: it was refused.",
  failed: () => "This film has no findings yet.",
  answered: ({ prediction }) => (prediction === null ? "" : inSentences(prediction)),
};

const summary = () =>
  state.film === null
    ? "The 14 observations and their thresholds. No film yet."
    : SUMMARIES[state.film.status](state.film);

/** @param {(film: Film) => void} retry @returns {(Node | null)[]} */
function boxes(retry) {
  const { film, note } = state;
  const noted = note === null ? null : make("div", { class: "notice-box" }, make("p", {}, note));
  if (film === null) return [modelBox(), noted];
  const warnings = film.prediction?.warnings ?? [];
  const warning =
    warnings.length === 0
      ? null
      : make(
          "div",
          { class: "notice-box" },
          make("h3", {}, warnings.length === 1 ? "Warning" : `${warnings.length} warnings`),
          ...warnings.map((one) => make("p", {}, sentence(one.message))),
        );
  return [modelBox(), noted, warning, problemBox(film, retry)];
}

/** Why there is no model. */
function modelBox() {
  const { missing } = state;
  if (missing === null) return null;
  return make(
    "div",
    { class: "notice-box refusal", role: "alert" },
    make("h3", {}, missing.beforeFirstModel ? "No model yet" : "No model"),
    make("p", {}, sentence(missing.message)),
    make("p", {}, "This page goes on by itself once a model answers."),
  );
}

/** @param {Film} film @param {(film: Film) => void} retry */
function problemBox(film, retry) {
  const { problem } = film;
  if (problem === null) return null;
  const refused = film.status === "refused";
  const trace = [`code ${problem.code}`, problem.requestId && `request ${problem.requestId}`]
    .filter(Boolean)
    .join(", ");
  return make(
    "div",
    { class: "notice-box refusal", role: "alert" },
    make("h3", {}, refused ? "Film refused" : "No answer"),
    make("p", {}, sentence(problem.message)),
    make("p", { class: "small" }, trace),
    refused ? null : make("button", { type: "button", onclick: () => retry(film) }, "Try again"),
  );
}

/** @param {string} text */
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** What the film is, in its corner. */
function facts() {
  const film = state.film;
  if (film === null) return "";
  const read = film.prediction?.film;
  if (read === undefined) return film.name;
  const view = read.view === null ? "" : ` · ${read.view}`;
  return `${film.name}\n${read.width} × ${read.height} · ${read.format.toUpperCase()} · ${read.bitDepth} bit${view}`;
}

/** @param {(film: Film) => void} retry */
export function startNotices(retry) {
  let spoken = "";
  let boxed = "";
  watch(() => {
    byId("facts", HTMLElement).textContent = facts();
    byId("summary", HTMLElement).textContent = summary();
    const key = `${state.film?.number}/${state.film?.status}/${state.note}/${state.missing?.message}`;
    if (key !== boxed) {
      boxed = key;
      byId("notices", HTMLElement).replaceChildren(...boxes(retry).filter((box) => box !== null));
    }
    const read = state.film === null ? "" : `Film ${state.film.number}: ${summary()}`;
    const text = [state.note, read].filter(Boolean).join(" ");
    if (text !== spoken) {
      spoken = text;
      byId("status", HTMLElement).textContent = text;
    }
  });
}
