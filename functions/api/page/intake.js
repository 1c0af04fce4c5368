import { sampleFilm, samples, sampleUrl } from "./client.js";
import { byId, make } from "./dom.js";
import { addFilms } from "./films.js";

const stage = byId("stage", HTMLElement);
const input = byId("files", HTMLInputElement);

/** @param {Iterable<File>} files */
const take = (files) => addFilms([...files].map((file) => ({ file, name: file.name })));

export const chooseFiles = () => input.click();

/** Films from the file chooser, dropped anywhere, or pasted. */
export function startIntake() {
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
    take(event.dataTransfer?.files ?? []);
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
