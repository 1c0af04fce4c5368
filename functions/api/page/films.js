import { needCard } from "./cards.js";
import { filmAsPng, Problem, predict } from "./client.js";
import { state, update, updateFilm } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** Films under way at one time; the others wait their turn. */
const AT_ONCE = 4;

/** @type {Film[]} */
const waiting = [];
let underWay = 0;
let added = 0;

/** Takes films in, shows the first of them, and asks for their findings. @param {{ file: Blob, name: string }[]} files */
export function addFilms(files) {
  const films = files.map(({ file, name }) => newFilm(file, name));
  const [first] = films;
  if (first === undefined) return;
  update({ films: [...state.films, ...films], film: first, mapOn: false, hovered: null });
  waiting.push(...films);
  next();
}

/** @param {Blob} file @param {string} name @returns {Film} */
function newFilm(file, name) {
  added += 1;
  return { number: added, name, file, status: "reading", picture: null, prediction: null, problem: null };
}

/** Asks again for a film that got no answer. @param {Film} film */
export function retry(film) {
  updateFilm(film, { status: "reading", problem: null });
  waiting.push(film);
  next();
}

function next() {
  while (underWay < AT_ONCE) {
    const film = waiting.shift();
    if (film === undefined) return;
    underWay += 1;
    void showLocally(film);
    void answer(film).finally(() => {
      underWay -= 1;
      next();
    });
  }
}

/** @param {Film} film */
async function answer(film) {
  try {
    const prediction = await predict(film.file);
    updateFilm(film, { status: "answered", prediction });
    // Without its card a result stands; thresholds then have no measured figures.
    needCard(prediction.model.version).catch(() => {});
    if (film.picture === null || prediction.film.bitDepth > 8) await showFromService(film);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem({ detail: "The page failed on this film." });
    updateFilm(film, { status: problem.refused ? "refused" : "failed", problem });
  }
}

/** Shows the film at once where the browser can decode it. @param {Film} film */
async function showLocally(film) {
  if (film.picture !== null) return;
  const url = URL.createObjectURL(film.file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    if (film.picture === null) return updateFilm(film, { picture: url });
  } catch {
    // A kind of file that this browser can't show, such as DICOM: the service's picture comes after the answer.
  }
  URL.revokeObjectURL(url);
}

/** Shows the service's picture of it: browsers show no DICOM, and of 16 bits only the highest 8. @param {Film} film */
async function showFromService(film) {
  const png = await filmAsPng(film.file).catch(() => null);
  if (png === null) return;
  const local = film.picture;
  updateFilm(film, { picture: URL.createObjectURL(png) });
  if (local !== null) URL.revokeObjectURL(local);
}
