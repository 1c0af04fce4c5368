import { byId } from "../page/dom.js";
import { comparePage } from "./compare.js";
import { listPage } from "./list.js";
import { runPage } from "./run-view.js";
import { STILL } from "./text.js";

/** Milliseconds between two looks. */
const PACE = { running: 1000, resting: 5000 };

const compared = new URLSearchParams(location.search).get("compare")?.split(",") ?? [];
const name = location.pathname.split("/")[2];

/** @type {{ element: Element, update: (answer: any) => void }} */
const page = name ? runPage() : compared.length > 0 ? comparePage() : listPage();
const query = compared.map((run) => `run=${encodeURIComponent(run)}`).join("&");
const source = name ? `/run-data/${name}` : compared.length > 0 ? `/run-comparison?${query}` : "/run-data";

const main = byId("runs", HTMLElement);
const trouble = byId("trouble", HTMLElement);

/** Looks again and again; a server that is away for a moment, as between a run and its model's service, is no end. */
async function look() {
  let pace = PACE.resting;
  try {
    if (!document.hidden || !page.element.isConnected) {
      const response = await fetch(source);
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail);
      page.update(answer);
      if (!page.element.isConnected) main.replaceChildren(page.element);
      if (JSON.stringify(answer.status ?? answer.runs).includes('"running"')) pace = PACE.running;
    }
    trouble.hidden = true;
  } catch (error) {
    trouble.textContent = `${error instanceof TypeError ? "The server does not answer." : /** @type {Error} */ (error).message} Trying again.`;
    trouble.hidden = false;
  }
  setTimeout(look, pace);
}

const still = document.getElementById(STILL);
if (still === null) await look();
else {
  const kept = runPage();
  kept.update(JSON.parse(still.textContent ?? ""));
  main.replaceChildren(kept.element);
}
