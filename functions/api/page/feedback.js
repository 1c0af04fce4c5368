import { giveFeedback, Problem } from "./client.js";
import { verdictWord } from "./decisions.js";
import { byId, make } from "./dom.js";
import { sortedFindings, state, watch } from "./state.js";

/** @typedef {import("./client.js").Feedback} Feedback */
/** @typedef {NonNullable<Feedback["labels"]>} Labels */

const READINGS = /** @type {const} */ ([
  ["", "not judged"],
  ["1", "present"],
  ["0", "absent"],
  ["-1", "uncertain"],
]);

const dialog = byId("feedback-dialog", HTMLDialogElement);
const form = byId("feedback", HTMLFormElement);
const consent = byId("consent", HTMLInputElement);
const patient = byId("patient", HTMLInputElement);
const view = byId("view", HTMLSelectElement);
const told = byId("feedback-told", HTMLElement);

/** What a reader may say of an observation. @param {string} observation @param {string} said what the model said of it */
const question = (observation, said) =>
  make(
    "label",
    {},
    make("span", {}, observation, make("small", {}, said)),
    make("select", { name: observation }, ...READINGS.map(([value, text]) => make("option", { value }, text))),
  );

function open() {
  const questions = sortedFindings().map((finding) => question(finding.observation, verdictWord(finding)));
  byId("readings", HTMLElement).replaceChildren(...questions);
  form.reset();
  view.value = state.film?.prediction?.film.view?.startsWith("L") ? "Lateral" : "Frontal";
  told.textContent = "";
  drawConsent();
  dialog.showModal();
}

/** A pseudonym is asked for, and needed, only where the film goes along. */
function drawConsent() {
  byId("with-film", HTMLElement).hidden = !consent.checked;
  patient.required = consent.checked;
}

/** @returns {Labels} */
function readings() {
  const selects = [...form.querySelectorAll("select[name]")].filter((select) => select instanceof HTMLSelectElement);
  const judged = selects.filter(({ value }) => value !== "");
  return /** @type {Labels} */ (Object.fromEntries(judged.map(({ name, value }) => [name, Number(value)])));
}

/** @returns {Feedback} */
const feedback = () => ({
  ...(state.film?.prediction && { prediction: state.film.prediction.id }),
  labels: readings(),
  consent: consent.checked,
  ...(consent.checked && { patient: patient.value }),
  view: view.value === "Lateral" ? "Lateral" : "Frontal",
});

async function send() {
  const { film } = state;
  if (film === null) return;
  if (Object.keys(readings()).length === 0) {
    told.textContent = "Judge at least one observation.";
    return;
  }
  told.textContent = "Sending…";
  try {
    const { filmKept } = await giveFeedback(feedback(), consent.checked ? film.file : null);
    dialog.close();
    byId("status", HTMLElement).textContent = "Your reading is kept.";
    byId("disagreed", HTMLElement).textContent = filmKept ? "Reading and film are kept." : "Your reading is kept.";
  } catch (error) {
    told.textContent = error instanceof Problem ? error.message : "The page failed to send it.";
  }
}

/** A reader's own labels, where the service takes them. */
export function startFeedback() {
  const button = byId("disagree", HTMLButtonElement);
  button.addEventListener("click", open);
  consent.addEventListener("change", drawConsent);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  let shown = state.film;
  watch(() => {
    button.hidden = !state.offers.feedback;
    button.disabled = state.film?.prediction == null;
    if (state.film !== shown) byId("disagreed", HTMLElement).textContent = "";
    shown = state.film;
  });
}
