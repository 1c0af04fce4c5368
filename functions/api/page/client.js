/** @typedef {import("../../../lib/contracts/api.ts").Prediction} Prediction */
/** @typedef {import("../../../lib/contracts/api.ts").Finding} Finding */
/** @typedef {import("../../../lib/contracts/api.ts").HeatMap} HeatMap */
/** @typedef {import("../../../lib/contracts/api.ts").ModelDetails} ModelDetails */
/** @typedef {import("../../../lib/contracts/api.ts").ModelList} ModelList */
/** @typedef {import("../../../lib/contracts/api.ts").SampleList} SampleList */
/** @typedef {import("../../../lib/contracts/api.ts").Problem} ProblemDetails */
/** @typedef {import("../../../lib/contracts/feedback.ts").Feedback} Feedback */
/** @typedef {import("../../../lib/contracts/feedback.ts").FeedbackReceipt} FeedbackReceipt */
/** @typedef {import("../../../lib/contracts/uploads.ts").UploadTicket} UploadTicket */

import { state } from "./state.js";

/** An answer that is a problem, or no answer at all. */
export class Problem extends Error {
  /** @param {Partial<ProblemDetails> & { detail: string }} details */
  constructor(details) {
    super(details.detail);
    this.status = details.status ?? 0;
    this.code = details.code ?? "no-answer";
    this.requestId = details.requestId ?? "";
  }

  /** Whether a model has yet to be made: that takes longer than anybody waits. */
  get beforeFirstModel() {
    return this.code === "no-model-yet";
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
    if (response.status !== 503 || problem.beforeFirstModel || attempt === TRIES) throw problem;
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

/** @param {object} value @returns {RequestInit} */
const jsonBody = (value) => ({
  method: "POST",
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

/** @param {Blob} film @returns {Promise<RequestInit>} the film itself, or where that is too large the name of its upload */
async function filmBody(film) {
  const { limits, offers } = state;
  if (limits === null || film.size <= limits.filmBytes) {
    return { method: "POST", body: film, headers: { "content-type": "application/octet-stream" } };
  }
  const most = offers.uploads ? limits.uploadBytes : limits.filmBytes;
  if (film.size > most) throw tooLarge(film.size, most);
  return jsonBody({ upload: await upload(film) });
}

/** @param {number} bytes @param {number} most */
const tooLarge = (bytes, most) =>
  new Problem({
    status: 413,
    code: "film-too-large",
    detail: `the film has ${(bytes / 1e6).toFixed(1)} MB, this service takes ${(most / 1e6).toFixed(1)} MB`,
  });

/** @param {Blob} film @returns {Promise<string>} what names it for one request */
async function upload(film) {
  /** @type {UploadTicket} */
  const ticket = await json(await send("v1/uploads", { method: "POST" }));
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append("file", film);
  await send(ticket.url, { method: "POST", body: form });
  return ticket.upload;
}

/** @param {Blob} film @returns {Promise<Prediction>} with the heat maps of all findings */
export const predict = async (film) => json(await send("v1/predictions?explain=all", await filmBody(film)));

/** @param {Blob} film @returns {Promise<Blob>} the film as PNG, for kinds that a browser can't show */
export const filmAsPng = async (film) => (await send("v1/explanations?style=film", await filmBody(film))).blob();

/** @param {Feedback} feedback @param {Blob | null} film with consent only @returns {Promise<FeedbackReceipt>} */
export async function giveFeedback(feedback, film) {
  if (film === null) return json(await send("v1/feedback", jsonBody(feedback)));
  if (state.limits !== null && film.size > state.limits.filmBytes) {
    return json(await send("v1/feedback", jsonBody({ ...feedback, upload: await upload(film) })));
  }
  const form = new FormData();
  form.append("feedback", JSON.stringify(feedback));
  form.append("film", film);
  return json(await send("v1/feedback", { method: "POST", body: form }));
}

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
