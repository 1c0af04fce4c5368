import { needCard } from "./cards.js";
import { models } from "./client.js";
import { byId, make } from "./dom.js";
import { startDownloads } from "./downloads.js";
import { startFeedback } from "./feedback.js";
import { retry } from "./films.js";
import { startFindings } from "./findings.js";
import { startHeatLayer } from "./heat-layer.js";
import { startIntake, startSamples } from "./intake.js";
import { startKeys, toggleMap } from "./keys.js";
import { startModelCard } from "./model-card.js";
import { startNotices } from "./notices.js";
import { state, update, watch } from "./state.js";
import { startStrip } from "./strip.js";
import { startViewer } from "./viewer.js";

function startMapControls() {
  const toggle = byId("map-toggle", HTMLButtonElement);
  const opacity = byId("opacity", HTMLInputElement);
  toggle.addEventListener("click", toggleMap);
  opacity.addEventListener("input", () => update({ opacity: opacity.valueAsNumber / 100 }));
  watch(() => {
    const answered = state.film?.prediction != null;
    toggle.disabled = !answered;
    opacity.disabled = !answered || !state.mapOn;
    toggle.setAttribute("aria-pressed", String(answered && state.mapOn));
    opacity.setAttribute("aria-valuetext", `${opacity.value} %`);
  });
}

/** The model's card, which gives the thresholds and their measured figures. */
async function loadModel() {
  const { loaded, limits, offers } = await models();
  update({ loaded: loaded.version, limits, offers });
  byId("show-runs", HTMLAnchorElement).hidden = !offers.runs;
  await needCard(loaded.version);
}

/** @param {unknown} error */
function sayUnreachable(error) {
  const text = error instanceof Error ? error.message : "The service does not answer.";
  byId("notices", HTMLElement).replaceChildren(
    make(
      "div",
      { class: "notice-box refusal", role: "alert" },
      make("h3", {}, "No model"),
      make("p", {}, text),
      make("button", { type: "button", onclick: () => location.reload() }, "Try again"),
    ),
  );
}

startViewer();
startHeatLayer();
startFindings();
startNotices(retry);
startStrip();
startModelCard();
startDownloads();
startFeedback();
startMapControls();
startIntake();
startKeys();
update();
Promise.all([loadModel(), startSamples()]).catch(sayUnreachable);
