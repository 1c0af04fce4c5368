import { byId, make } from "../page/dom.js";
import { comparePage } from "./compare.js";
import { listPage } from "./list.js";
import { runPage } from "./run-view.js";
import { STILL } from "./text.js";

/** Milliseconds between two looks; and so many times as long as a look took, of a store that is large or far away. */
const PACE = { running: 1000, resting: 5000 };
const REST = 5;

const main = byId("runs", HTMLElement);

/** What the address asks for: one run, some side by side, or the list. */
function asked() {
  const compared = new URLSearchParams(location.search).get("compare")?.split(",") ?? [];
  const name = location.pathname.split("/")[2];
  if (name) return { page: runPage(), source: `/run-data/${name}` };
  if (compared.length === 0) return { page: listPage(), source: "/run-data" };
  const query = compared.map((run) => `run=${encodeURIComponent(run)}`).join("&");
  return { page: comparePage(), source: `/run-comparison?${query}` };
}

/** Looks again and again; a server that is away for a moment, as between a run and its model's service, is no end. */
async function watch() {
  const { page, source } =
    /** @type {{ page: { element: Element, update: (answer: any) => void }, source: string }} */ (asked());
  const trouble = byId("trouble", HTMLElement);
  const look = async () => {
    let pace = PACE.resting;
    const began = performance.now();
    try {
      if (!document.hidden || !page.element.isConnected) {
        const response = await fetch(source);
        const answer = await response.json();
        if (!response.ok) throw new Error(answer.detail);
        page.update(answer);
        if (!page.element.isConnected) main.replaceChildren(page.element);
        byId("model", HTMLElement).hidden = !response.headers.has("link");
        if (JSON.stringify(answer.status ?? answer.runs).includes('"running"')) pace = PACE.running;
      }
      trouble.hidden = true;
    } catch (error) {
      const text = error instanceof TypeError ? "The server does not answer." : /** @type {Error} */ (error).message;
      if (page.element.isConnected) {
        trouble.textContent = `${text} Trying again.`;
        trouble.hidden = false;
      } else main.replaceChildren(make("p", { class: "failure", role: "alert" }, text));
    }
    setTimeout(look, Math.max(pace, REST * (performance.now() - began)));
  };
  await look();
}

const still = document.getElementById(STILL);
if (still === null) await watch();
else {
  const kept = runPage();
  kept.update(JSON.parse(still.textContent ?? ""));
  main.replaceChildren(kept.element);
}
