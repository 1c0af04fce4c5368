import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { UploadTicket } from "../../../lib/contracts/uploads.ts";
import { dicomFile } from "../../lib/imaging/dicom-file.ts";
import { drawnFilm } from "../../lib/imaging/films.ts";
import { startTestService, type TestService } from "./served-model.ts";

/** Words that stand nowhere else; wherever one turns up, something of a request was kept. */
const CANARY = /c4n4ry/i;
const canary = (where: string): string => `C4N4RY-${where}`;

let service: TestService;
let temporary: string;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "hilum-privacy-"));
  vi.stubEnv("TMPDIR", temporary);
  service = await startTestService();
});
afterAll(async () => {
  await service?.close();
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

const told: string[] = [];
beforeEach(() => {
  told.length = 0;
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      told.push(String(text));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

const { width, height, data } = drawnFilm();
const PICTURE = { width, height, bitsAllocated: 8, bitsStored: 8, values: Uint8Array.from(data) } as const;
const dicom = (tags: Parameters<typeof dicomFile>[1] = {}) =>
  new Uint8Array(
    dicomFile(PICTURE, {
      ...tags,
      tags: {
        "00100010": ["PN", canary("NAME")],
        "00100020": ["LO", canary("ID")],
        "00080050": ["SH", canary("ACCESSION")],
        "00081030": ["LO", canary("STUDY")],
        ...tags.tags,
      },
    }),
  );

const form = (field: string, film: Uint8Array<ArrayBuffer>, more: Readonly<Record<string, string>> = {}): FormData => {
  const made = new FormData();
  for (const [name, value] of Object.entries(more)) made.append(name, value);
  made.append(field, new File([film], `${canary("FILE")}.dcm`));
  return made;
};

const send = (path: string, body: RequestInit["body"], type?: string) =>
  fetch(`${service.url}${path}`, {
    method: "POST",
    ...(body != null && { body }),
    headers: {
      "user-agent": canary("AGENT"),
      "x-patient": canary("HEADER"),
      cookie: `name=${canary("COOKIE")}`,
      ...(type !== undefined && { "content-type": type }),
    },
  });

/** The files under a folder whose name or bytes have a canary in them. */
async function kept(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (CANARY.test(path) || (entry.isFile() && CANARY.test(await readFile(path, "latin1")))) found.push(path);
  }
  return found;
}

test("nothing of a film, its name, its tags or its request is logged, told or kept", async () => {
  const film = dicom();
  expect(Buffer.from(film).toString("latin1")).toMatch(CANARY);
  const strange = new TextEncoder().encode(`${canary("BODY")} is no film`);
  const cut = film.slice(0, film.length - 2000);
  const wrong = dicom({ tags: { "00080060": ["CS", canary("CT").slice(0, 16)] } });
  const ticket = UploadTicket.parse(await (await send("/v1/uploads", null)).json());
  const feedback = JSON.stringify({ labels: { Edema: 1 }, consent: true, patient: "p-1" });
  const responses = [
    await send("/v1/predictions", film, "application/dicom"),
    await send("/v1/predictions", form("film", film)),
    await send("/v1/explanations?style=film", film, "application/dicom"),
    await send("/v1/predictions:batch", form("film", film)),
    await fetch(ticket.url, { method: "POST", body: form("file", film) }),
    await send("/v1/predictions", JSON.stringify({ upload: ticket.upload }), "application/json"),
    await send("/v1/feedback", form("film", film, { feedback })),
    await send("/v1/predictions", strange, "image/png"),
    await send("/v1/predictions", cut, "application/dicom"),
    await send("/v1/predictions", wrong, "application/dicom"),
    await send("/v1/predictions", form(canary("FIELD"), film)),
    await send(`/v1/${canary("PATH")}`, film, "application/dicom"),
    await send("/v1/feedback", JSON.stringify({ labels: {}, patient: canary("PATIENT") }), "application/json"),
    await send("/v1/feedback", `{"${canary("JSON")}`, "application/json"),
    await send("/v2/models/random/infer", JSON.stringify({ inputs: [{ name: canary("INPUT") }] }), "application/json"),
  ];
  expect(responses.map(({ status }) => status)).toEqual([
    ...[200, 200, 200, 200, 204, 200, 201],
    ...[415, 422, 422, 400, 404, 400, 400, 400],
  ]);
  const [answered, refused] = [responses.slice(0, 7), responses.slice(7)];
  for (const response of answered) expect(await response.text()).not.toMatch(CANARY);
  // A path that is none is said back to whoever asked for it.
  for (const response of refused) {
    if (response.status !== 404) expect(await response.text()).not.toMatch(CANARY);
  }
  expect(service.log.length).toBeGreaterThanOrEqual(responses.length);
  expect(JSON.stringify(service.log)).not.toMatch(CANARY);
  expect(told.join("")).not.toMatch(CANARY);
  expect(await kept(temporary)).toEqual([]);
});
