import { sampleFilm, samples, sampleUrl } from "./client.js";
import { byId, counted, make } from "./dom.js";
import { droppedFiles, filmsAmong } from "./film-files.js";
import { addFilms } from "./films.js";
import { update } from "./state.js";

/** @typedef {import("./film-files.js").Intake} Intake */

const stage = byId("stage", HTMLElement);
const input = byId("files", HTMLInputElement);

/** @param {Iterable<File>} files */
const take = (files) => addFilms([...files].map((file) => ({ file, name: file.name })));

/** @param {Intake} intake */
function takeIn({ films, passedOver }) {
  addFilms(films);
  const files = counted(passedOver, "file");
  const none = `None of the ${files} in the folder is a film: nothing was taken in.`;
  const some = `${files} in the folder ${passedOver === 1 ? "is no film and was" : "are no films and were"} passed over.`;
  update({ note: passedOver === 0 ? null : films.length === 0 ? none : some });
}

export const chooseFiles = () => input.click();

/** The whole of a folder, where the browser can: phones' can't. */
function startFolder() {
  const folder = byId("folder", HTMLInputElement);
  const button = byId("choose-folder", HTMLButtonElement);
  button.hidden = !("webkitdirectory" in folder) || matchMedia("(pointer: coarse)").matches;
  button.addEventListener("click", () => folder.click());
  folder.addEventListener("change", async () => {
    const files = [...(folder.files ?? [])].map((file) => ({ file, name: file.webkitRelativePath }));
    folder.value = "";
    takeIn(await filmsAmong(files));
  });
}

/** Films from the file chooser, dropped anywhere, or pasted. */
export function startIntake() {
  startFolder();
  for (const id of ["open", "choose"]) byId(id, HTMLButtonElement).addEventListener("click", chooseFiles);
  input.addEventListener("change", () => {
    take(input.files ?? []);
    input.value = "";
  });
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    stage.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) stage.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    stage.classList.remove("dropping");
    if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(takeIn);
  });
  document.addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));
}

/** Offers the service's generated films, in the empty stage and in their dialog. */
export async function startSamples() {
  const list = await samples();
  const dialog = byId("samples-dialog", HTMLDialogElement);
  const button = byId("show-samples", HTMLButtonElement);
  button.hidden = list.length === 0;
  button.addEventListener("click", () => dialog.showModal());
  if (list.length === 0) return;
  /** @param {string} name @param {string} title */
  const open = async (name, title) => {
    dialog.close();
    addFilms([{ file: await sampleFilm(name), name: `${title} (sample)` }]);
  };
  for (const id of ["samples", "samples-again"]) {
    const buttons = list.map(({ name, title }) =>
      make(
        "button",
        { type: "button", onclick: () => void open(name, title) },
        make("img", { src: sampleUrl(name), alt: "", loading: "lazy" }),
        title,
      ),
    );
    const heading = id === "samples" ? [make("h3", {}, "or try a generated film, of no patient")] : [];
    byId(id, HTMLElement).replaceChildren(...heading, ...buttons);
  }
}
