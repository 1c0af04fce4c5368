/** @typedef {{ file: Blob, name: string }} NamedFile */

/** What is a film by its name, whatever is in it. */
const FILM_NAME = /\.(png|jpe?g|tiff?|webp|bmp|dcm|dicom|dic)$/i;

/** Where DICOM files have their mark. */
const [MARK, AT] = ["DICM", 128];

/** Whether a file of a folder is a film; what is not, such as a table beside the films, is passed over. @param {NamedFile} named */
async function isFilm({ file, name }) {
  return FILM_NAME.test(name) || (await file.slice(AT, AT + MARK.length).text()) === MARK;
}

/** @typedef {{ films: NamedFile[], passedOver: number }} Intake what a folder holds: its films by name, and how many other files */

/** @param {NamedFile[]} files @returns {Promise<Intake>} */
export async function filmsAmong(files) {
  const seen = files.filter(({ name }) => !/(^|\/)\./.test(name));
  const areFilms = await Promise.all(seen.map(isFilm));
  const films = seen.filter((_, place) => areFilms[place]).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { films, passedOver: seen.length - films.length };
}

/** @param {FileSystemEntry} entry @returns {Promise<NamedFile[]>} all files below it */
async function filesBelow(entry) {
  // Not every browser has the entries' classes as globals.
  if (entry.isFile) {
    const single = /** @type {FileSystemFileEntry} */ (entry);
    /** @type {File} */
    const file = await new Promise((resolve, reject) => single.file(resolve, reject));
    return [{ file, name: entry.fullPath.slice(1) }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const files = [];
  for (;;) {
    /** Some hundred at a time, until there are none. @type {FileSystemEntry[]} */
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    for (const below of entries) files.push(...(await filesBelow(below)));
  }
}

/**
 * What was dropped: files as they are, of folders the films in them. The transfer is read before the first wait, after
 * which browsers empty it.
 * @param {DataTransfer} transfer
 * @returns {Promise<Intake>}
 */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files].map((file) => ({ file, name: file.name }));
  const folders = entries.filter((entry) => entry?.isDirectory === true);
  const single = files.filter((_, place) => entries[place]?.isDirectory !== true);
  const below = await Promise.all(folders.map((folder) => filesBelow(/** @type {FileSystemEntry} */ (folder))));
  const { films, passedOver } = await filmsAmong(below.flat());
  return { films: [...single, ...films], passedOver };
}
