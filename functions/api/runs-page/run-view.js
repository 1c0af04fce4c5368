import { make } from "../page/dom.js";
import { curves } from "./curves.js";
import { graph, retriesOf } from "./graph.js";
import { auroc, duration, moment, STILL, shown, words } from "./text.js";

/** @typedef {import("../../../lib/runs/read-run.ts").RunView} RunView */
/** @typedef {RunView["states"][number]} State */
/** @typedef {State["members"][number]} Member */

/** @param {[string, Node | string | null][]} pairs */
const facts = (pairs) =>
  make(
    "dl",
    { class: "facts" },
    ...pairs.flatMap(([name, value]) => (value === null ? [] : [make("dt", {}, name), make("dd", {}, value)])),
  );

/** How far a member is: a bar, and the same in words. @param {NonNullable<Member["progress"]>} progress @param {boolean} moving */
function bar({ done, total, unit, rate, secondsLeft, figures }, moving) {
  const measured = Object.entries(figures).flatMap(([name, value]) =>
    value === null ? [] : [`${words(name)} ${shown(value)}`],
  );
  const text = [
    `${shown(done)}/${shown(total)} ${unit}`,
    rate === null || !moving ? "" : `${shown(rate >= 10 ? Math.round(rate) : rate)} ${unit}/s`,
    secondsLeft === null || !moving || done >= total ? "" : `${duration(secondsLeft)} left`,
    ...measured,
  ];
  return make(
    "div",
    { class: "progress" },
    make("progress", { max: total, value: done, "aria-label": unit }),
    make("p", {}, text.filter((part) => part !== "").join(", ")),
  );
}

/** @param {Member} member @param {boolean} alone */
function memberSection({ index, status, startedAt, starts, progress, log, summary, failure }, alone) {
  const known = Object.entries(summary ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [/** @type {[string, string]} */ ([words(name), shown(value)])],
  );
  return make(
    "div",
    { class: "member" },
    make(
      "p",
      {},
      ...(alone ? [] : [make("strong", {}, `Member ${index} `)]),
      make("span", { class: `badge ${status}` }, status),
      startedAt === null ? "" : ` since ${startedAt.slice(11, 19)} UTC`,
      starts > 1 ? `, begun ${starts} times` : "",
    ),
    failure && make("p", { class: "failure" }, `${failure.message} (${failure.code}, exit code ${failure.exitCode})`),
    status !== "done" && progress ? bar(progress, status === "running") : null,
    known.length > 0 ? facts(known) : null,
    log.length > 0
      ? make(
          "details",
          {},
          make("summary", {}, `Log, ${log.length} lines`),
          make("pre", { tabindex: 0 }, log.map(({ at, level, message }) => `${at} ${level} ${message}`).join("\n")),
        )
      : null,
  );
}

/** @param {State | undefined} state */
function details(state) {
  if (state === undefined) return make("p", { class: "quiet" }, "Choose a state.");
  const retries = retriesOf(state);
  return make(
    "div",
    {},
    make("h3", {}, state.state),
    state.members.length === 0 ? make("p", {}, make("span", { class: `badge ${state.status}` }, state.status)) : null,
    retries > 0 ? make("p", {}, `Begun again ${retries} ${retries === 1 ? "time" : "times"}.`) : null,
    ...state.members.map((member) => memberSection(member, state.members.length === 1)),
  );
}

/** @param {NonNullable<RunView["figures"]>} figures */
function figureTable({ meanAuroc, meanAurocInterval, perObservation, evaluatedOn }) {
  const row = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ positives) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value), make("td", {}, positives));
  return make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures" },
    make(
      "table",
      {},
      make(
        "caption",
        {},
        `AUROC on ${evaluatedOn.rows} films of ${evaluatedOn.patients} test patients, 95 % intervals by resampling patients`,
      ),
      make("thead", {}, make("tr", {}, ...["", "AUROC (95 %)", "Positives"].map((head) => make("th", {}, head)))),
      make(
        "tbody",
        {},
        row("Mean", auroc(meanAuroc, meanAurocInterval), ""),
        ...Object.entries(perObservation).map(([name, { auroc: value, aurocInterval, positives }]) =>
          row(name, auroc(value, aurocInterval), String(positives)),
        ),
      ),
    ),
  );
}

/** @param {RunView} view */
function about(view) {
  const { run, files, rows, fingerprint, config, model, members, decision } = view;
  const link = (/** @type {string} */ file, /** @type {string} */ text) =>
    make("a", { href: document.getElementById(STILL) === null ? `/runs/${run}/${file}` : file }, text);
  const setAside = Object.entries(rows.setAside).map(([reason, count]) => `${count} ${reason}`);
  return facts([
    ["Made", `${moment(view.createdAt)} UTC`],
    ["Network", `${config.model.network}, ${config.geometry.size} pixels, ${config.training.seeds.length} member(s)`],
    ["Data set", make("code", {}, fingerprint)],
    [
      "Rows",
      rows.read === null ? null : `${shown(rows.read)} read${rows.used === null ? "" : `, ${shown(rows.used)} used`}`,
    ],
    ["Set aside", setAside.length > 0 ? setAside.join(", ") : null],
    [
      "Gate",
      decision &&
        `${decision.decision}: ${decision.checks.filter(({ passed }) => passed).length} of ${decision.checks.length} checks passed`,
    ],
    ["Model", model],
    ["Report", files.report ? link("report.html", "report.html") : null],
    ["Model card", files.card ? link("model-card.json", "model-card.json") : null],
    [
      "TensorBoard",
      files.tensorboard ? make("code", {}, `tensorboard --logdir ${members.replace(/^file:\/\//, "")}`) : null,
    ],
  ]);
}

/** A run as it stands. Parts whose content has not changed stay, with what a person has opened in them. */
export function runPage() {
  /** @type {RunView | undefined} */
  let view;
  /** @type {string | null} */
  let selected = null;
  const drawn = new Map();
  const head = make("div", { class: "head" });
  const drawing = make("div", { class: "scroll drawing", tabindex: 0, role: "region", "aria-label": "State machine" });
  const state = make("section", { class: "details", "aria-label": "State" });
  const training = make("section", {}, make("h2", {}, "Training"));
  const curvesPlace = make("div");
  training.append(curvesPlace);
  const figures = make("section");
  const settings = make("pre", { tabindex: 0 });
  const element = make(
    "article",
    {},
    head,
    make("div", { class: "columns" }, drawing, make("div", {}, state, make("section", { class: "about" }))),
    training,
    figures,
    make("details", { class: "settings" }, make("summary", {}, "Configuration"), settings),
  );

  /** @param {Element} place @param {unknown} content @param {() => (Node | null)[]} make */
  function put(place, content, make) {
    const text = JSON.stringify(content);
    if (drawn.get(place) === text) return;
    drawn.set(place, text);
    const opened = [...place.querySelectorAll("details")].map(({ open }) => open);
    const focused = document.activeElement instanceof SVGElement ? document.activeElement.dataset.state : undefined;
    place.replaceChildren(...make().filter((child) => child !== null));
    for (const [i, details] of [...place.querySelectorAll("details")].entries()) details.open = opened[i] ?? false;
    if (focused) /** @type {SVGElement | null} */ (place.querySelector(`[data-state="${focused}"]`))?.focus();
  }

  function show() {
    if (view === undefined) return;
    const { run, description, status, seconds, failure, states, histories, figures: measured, config } = view;
    const first = (/** @type {string} */ wanted) => states.find(({ status: s, step }) => step !== null && s === wanted);
    const trained = states.find(({ status: s, step }) => step === "train" && s === "done");
    const name = selected ?? (first("failed") ?? first("running") ?? first("stopped") ?? trained)?.state ?? null;
    put(head, [run, status, seconds, failure, description], () => [
      make("h2", {}, `${run} `, make("span", { class: `badge ${status}` }, status)),
      make("p", { class: "quiet" }, [duration(seconds), description].filter(Boolean).join(" · ")),
      failure &&
        make("p", { class: "failure", role: "alert" }, make("strong", {}, `${failure.step} failed. `), failure.message),
      ["failed", "stopped"].includes(status)
        ? make("p", {}, "It goes on where it was with ", make("code", {}, `bin/hilum runs resume ${run}`))
        : null,
    ]);
    const second = status === "running" ? Math.floor(Date.now() / 1000) : 0;
    put(drawing, [states, name, second], () => [
      graph(/** @type {RunView} */ (view), name, (chosen) => {
        selected = chosen;
        show();
      }),
    ]);
    const chosen = states.find((s) => s.state === name);
    put(state, chosen, () => [details(chosen)]);
    put(element.querySelector(".about") ?? element, [view.files, view.rows, view.model, view.decision], () => [
      about(/** @type {RunView} */ (view)),
    ]);
    put(curvesPlace, histories, () => [
      curves(histories.map((history) => ({ label: `member ${history.member}`, history }))),
    ]);
    training.hidden = histories.length === 0;
    put(figures, measured, () => (measured ? [make("h2", {}, "Figures"), figureTable(measured)] : []));
    put(settings, config, () => [document.createTextNode(JSON.stringify(config, null, 2))]);
  }

  return {
    element,
    /** @param {RunView} next */
    update(next) {
      view = next;
      document.title = `${next.run}: ${next.status}`;
      show();
    },
  };
}
