/** @typedef {import("../../../lib/contracts/api.ts").Prediction} Prediction */
/** @typedef {import("../../../lib/contracts/api.ts").Finding} Finding */
/** @typedef {import("../../../lib/contracts/api.ts").HeatMap} HeatMap */
/** @typedef {import("../../../lib/contracts/api.ts").ModelDetails} ModelDetails */
/** @typedef {import("../../../lib/contracts/api.ts").ModelList} ModelList */
/** @typedef {import("../../../lib/contracts/api.ts").SampleList} SampleList */
/** @typedef {import("../../../lib/contracts/api.ts").Problem} ProblemDetails */

/** An answer that is a problem, or no answer at all. */
export class Problem extends Error {
  /** @param {Partial<ProblemDetails> & { detail: string }} details */
  constructor(details) {
    super(details.detail);
    this.status = details.status ?? 0;
    this.code = details.code ?? "no-answer";
    this.requestId = details.requestId ?? "";
  }

  /** Whether the film is at fault, so that sending it again gives the same. */
  get refused() {
    return this.status >= 400 && this.status < 500;
  }
}

const TRIES = 4;

/**
 * Sends a request; waits and tries again while the service is busy or still loading.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
async function send(path, init) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(path, init).catch(() => {
      throw new Problem({ detail: "The service does not answer. Is it still running?" });
    });
    if (response.ok) return response;
    const text = await response.text();
    const problem = new Problem(parseProblem(text, response.status));
    if (response.status !== 503 || attempt === TRIES) throw problem;
    const seconds = Number(response.headers.get("retry-after")) || 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

/**
 * @param {string} text
 * @param {number} status
 * @returns {ProblemDetails | { detail: string, status: number }}
 */
function parseProblem(text, status) {
  try {
    return JSON.parse(text);
  } catch {
    return { status, detail: `The service answered with status ${status}.` };
  }
}

/** @param {Response} response @returns {Promise<any>} */
const json = (response) => response.json();

/** @param {Blob} film */
const filmBody = (film) => ({ method: "POST", body: film, headers: { "content-type": "application/octet-stream" } });

/** @param {Blob} film @returns {Promise<Prediction>} with the heat maps of all findings */
export const predict = async (film) => json(await send("v1/predictions?explain=all", filmBody(film)));

/** @param {Blob} film @returns {Promise<Blob>} the film as PNG, for kinds that a browser can't show */
export const filmAsPng = async (film) => (await send("v1/explanations?style=film", filmBody(film))).blob();

/** @returns {Promise<ModelList>} */
export const models = async () => json(await send("v1/models"));

/** @param {string} version @returns {Promise<ModelDetails>} */
export const modelCard = async (version) => json(await send(`v1/models/${encodeURIComponent(version)}`));

/** @returns {Promise<SampleList["samples"]>} */
export const samples = async () => (await json(await send("v1/samples"))).samples;

/** @param {string} name */
export const sampleUrl = (name) => `v1/samples/${encodeURIComponent(name)}`;

/** @param {string} name @returns {Promise<Blob>} */
export const sampleFilm = async (name) => (await send(sampleUrl(name))).blob();
