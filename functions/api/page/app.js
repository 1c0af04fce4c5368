import { needCard } from "./cards.js";
import { models, Problem } from "./client.js";
import { byId } from "./dom.js";
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

/** Milliseconds until the page asks again whether there is a model. */
const LATER = 30_000;

/** Says why there is no model, and goes on by itself once there is one. */
async function startModel() {
  try {
    await loadModel();
    update({ missing: null });
  } catch (error) {
    update({ missing: error instanceof Problem ? error : new Problem({ detail: "The service does not answer." }) });
    setTimeout(startModel, LATER);
  }
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
void startModel();
// Without samples there are films of one's own.
startSamples().catch(() => {});
