import { make } from "../page/dom.js";
import { about, figureTable, isAgain } from "./about.js";
import { curves } from "./curves.js";
import { graph } from "./graph.js";
import { keeper } from "./keep.js";
import { stateDetails } from "./members.js";
import { duration, moment, STILL, shellWord, statusText } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView} RunView */

/** How a run that has failed or was stopped goes on. @param {RunView} view */
function goOn({ run, status, since, resumable }) {
  if (resumable !== null) {
    const command = `bin/hilum runs resume ${run} --store ${shellWord(resumable)}`;
    return make("p", {}, "It goes on where it was with ", make("code", {}, command));
  }
  if (status !== "failed" || since !== null) return null;
  const command = make("code", {}, `bin/hilum status ${run} --stage STAGE`);
  return make("p", {}, "It goes on where it was with a redrive; ", command, " tells the command.");
}

/** @param {RunView} view */
function heading(view) {
  const { run, description, status, seconds, failure, unreadable } = view;
  const isStill = document.getElementById(STILL) !== null;
  const failed = view.states.find(({ step, status: of }) => step === failure?.step && of === "failed");
  const isArray = failure?.index !== undefined && failed !== undefined && failed.members.length > 1;
  const pauses = isAgain(view) ? ", pauses included" : "";
  const told = [`${duration(seconds)}${pauses}`, description, isStill ? `as it stood ${moment(view.at)} UTC` : ""];
  return [
    make("h2", {}, `${run} `, make("span", { class: `badge ${status}` }, statusText(status))),
    make("p", { class: "quiet" }, told.filter(Boolean).join(" · ")),
    failure &&
      make(
        "p",
        { class: "failure", role: "alert" },
        make("strong", {}, `${failure.step}${isArray ? `, member ${failure.index}` : ""} failed. `),
        failure.message,
      ),
    ...unreadable.map((document) => make("p", { class: "note" }, `Not read: ${document}`)),
    goOn(view),
  ];
}

/** The state that a person wants to see unless another is chosen. @param {RunView["states"]} states */
function stateToShow(states) {
  const first = (/** @type {string} */ wanted) => states.find(({ status, step }) => step !== null && status === wanted);
  const trained = states.find(({ status, step }) => step === "train" && status === "done");
  return (first("failed") ?? first("running") ?? first("stopped") ?? trained)?.state ?? null;
}

/** A run as it stands. Parts whose content has not changed stay, with what a person has opened in them. */
export function runPage() {
  /** @type {RunView | undefined} */
  let view;
  /** @type {string | null} */
  let selected = null;
  /** @type {ReturnType<typeof graph> | undefined} */
  let drawing;
  const put = keeper();
  const head = make("div", { class: "head" });
  const place = make("div", { class: "scroll drawing", tabindex: 0, role: "region", "aria-label": "State machine" });
  const state = stateDetails();
  const facts = make("section", { class: "about", "aria-label": "About" });
  const courses = curves();
  const training = make("section", {}, make("h2", {}, "Training"), courses.element);
  const figures = make("section");
  const settings = make("pre", { tabindex: 0 });
  const element = make(
    "article",
    {},
    head,
    make("div", { class: "columns" }, place, make("div", {}, state.element, facts)),
    training,
    figures,
    make("details", { class: "settings" }, make("summary", {}, "Configuration"), settings),
  );

  function show() {
    if (view === undefined) return;
    const now = view;
    const { histories, figures: measured, config, states } = now;
    put(head, [now.run, now.status, duration(now.seconds), now.failure, now.unreadable], () => heading(now));
    if (drawing === undefined) {
      drawing = graph(now, (chosen) => {
        selected = chosen;
        show();
      });
      place.append(drawing.element);
    }
    const name = selected ?? stateToShow(states);
    drawing.update(now, name);
    state.update(
      states.find((one) => one.state === name),
      now.at,
    );
    put(facts, [now.files, now.rows, now.model, now.decision, now.since, now.status], () => [about(now)]);
    courses.update(histories.map((history) => ({ label: `member ${history.member}`, group: 0, history })));
    training.hidden = histories.length === 0;
    put(figures, measured, () => (measured ? [make("h2", {}, "Figures"), figureTable(measured)] : []));
    put(settings, config, () => [JSON.stringify(config, null, 2)]);
  }

  return {
    element,
    /** @param {RunView} next */
    update(next) {
      view = next;
      document.title = `${next.run}: ${statusText(next.status)}`;
      show();
    },
  };
}
