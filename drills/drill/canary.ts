import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Drill, must, playRounds } from "../drill.ts";
import type { LambdaAnswer, LambdaRequest } from "../lambda-call.ts";
import { type Plant, plantedData } from "../planted.ts";
import { type PlantedRequest, plantedRequests } from "../planted-requests.ts";
import { hilum, start } from "../processes.ts";
import { type Serving, serving } from "../serving.ts";
import { newFolder, smallConfig } from "../workshop.ts";

const FILMS = 60;

/** Objects of a store that are a data set's rows, or were asked for by row: they name films, and nothing else may. */
const ROWS =
  /^(datasets\/.*\/(manifest-\w+|shard-\d+)\.arrow|datasets\/.*\/boxes\.json|datasets\/splits\/.*-test-set\.json|runs\/[^/]+\/(test-set\.json|rows\.arrow|predictions\.csv))$/;

/** What a run may refuse, as a cell of its CSV file, by the cell's place. */
const REFUSED_CELLS: Readonly<Record<string, number>> = { Path: 0, Sex: 1, Age: 2, view: 3, projection: 4, label: 7 };

/** Unique words in every tag, name, header and cell: none comes out anywhere but in the rows of the data set itself. */
export const canary: Drill = {
  rounds: 1,
  async run(options) {
    let [planted, objects] = [0, 0];
    const failures = await playRounds(options, async (_, next) => {
      const word = `C4N4RY${Math.floor(next() * 0xffff_ffff).toString(16)}`;
      const plant: Plant = (where) => {
        planted += 1;
        return `${word}-${where}`;
      };
      const clean = (text: string, where: string): void => {
        const at = text.search(new RegExp(word, "i"));
        must(at < 0, `${where} has ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))}`);
      };
      /** Every name and content under a folder, but those of a data set's rows. */
      const cleanFolder = async (folder: string): Promise<void> => {
        for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
          const path = join(entry.parentPath, entry.name);
          const name = path.slice(folder.length + 1);
          clean(name, "a key");
          if (!entry.isFile() || ROWS.test(name)) continue;
          objects += 1;
          clean(await readFile(path, "latin1"), name);
        }
      };

      const data = join(await newFolder(), "films");
      await plantedData(data, FILMS, plant);
      const store = await newFolder();
      const temporary = await newFolder();
      const args = (from: string, to: string) => [...["run", "--data", from, "--config", config, "--store", to]];
      const config = await smallConfig();
      const { ended, output } = hilum(args(data, store), { TMPDIR: temporary });
      must((await ended).code === 0, `the run failed: ${output.text}`);
      clean(output.text, "the run's output");
      await cleanFolder(store);

      const csv = await readFile(join(data, "train.csv"), "utf8");
      for (const [what, place] of Object.entries(REFUSED_CELLS)) {
        const wrong = join(await newFolder(), "films");
        await mkdir(wrong);
        const [header, row] = csv.split("\n");
        const cells = row!.split(",").map((cell, i) => (i === place ? plant(what) : cell));
        await writeFile(join(wrong, "train.csv"), `${header}\n${cells.join(",").replace(/"[^"]*$/, "")}\n`);
        const empty = await newFolder();
        const refused = hilum(args(wrong, empty), { TMPDIR: temporary });
        must((await refused.ended).code === 64, `a planted ${what} was taken: ${refused.output.text}`);
        must(/train\.csv line 2\b/.test(refused.output.text), `a planted ${what}: no line in ${refused.output.text}`);
        clean(refused.output.text, `the refusal of a ${what}`);
        await cleanFolder(empty);
      }

      const server = await serving(store, [], { TMPDIR: temporary });
      const requests = await plantedRequests(server.film, plant);
      await throughTheServer(server, requests, clean);
      await server.stop();
      await throughTheFunction(store, temporary, requests, clean);
      clean(server.output.text, "the server's output");
      await cleanFolder(store);
      await cleanFolder(temporary);
    });
    const figure = `${planted} words planted in tags, names, headers and cells; none in ${objects} objects, logs and answers`;
    return { failures, figure };
  },
};

type Clean = (text: string, where: string) => void;

const asExpected = ({ path, expected }: PlantedRequest, status: number, text: string, clean: Clean): void => {
  const [route] = path.split("?");
  must(status === expected, `${route}: ${status}, expected ${expected}: ${text.slice(0, 300)}`);
  clean(text, `the answer of ${route} (${expected})`);
};

async function throughTheServer({ url }: Serving, requests: readonly PlantedRequest[], clean: Clean): Promise<void> {
  for (const request of requests) {
    const { path, headers, body } = request;
    const response = await fetch(`${url}${path}`, { method: "POST", body, headers });
    asExpected(request, response.status, Buffer.from(await response.arrayBuffer()).toString("latin1"), clean);
    clean(JSON.stringify([...response.headers]), `the headers of ${path.split("?")[0]}`);
  }
}

/** The deployed function keeps a log: an entry a request, in which nothing is planted. */
async function throughTheFunction(
  store: string,
  temporary: string,
  requests: readonly PlantedRequest[],
  clean: Clean,
): Promise<void> {
  const events = requests.map(({ path, headers, body }): LambdaRequest => {
    const { pathname, searchParams } = new URL(path, "http://api.example");
    const query = Object.fromEntries(searchParams);
    return { method: "POST", path: pathname, query, headers, body: Buffer.from(body).toString("base64") };
  });
  const file = join(await newFolder(), "requests.json");
  await writeFile(file, JSON.stringify(events));
  const place = (room: string) => pathToFileURL(join(store, room)).href;
  const environment = {
    HILUM_MODELS: place("models"),
    HILUM_FEEDBACK: place("feedback"),
    HILUM_UPLOADS: place("uploads"),
  };
  const { ended, output } = start("drills/lambda-call.ts", [file], { ...environment, TMPDIR: temporary });
  must((await ended).code === 0, `the function failed: ${output.text}`);
  const answers = JSON.parse(output.text.trimEnd().split("\n").at(-1)!) as LambdaAnswer[];
  for (const [i, { statusCode, body }] of answers.entries()) asExpected(requests[i]!, statusCode, body, clean);
  const entries = output.text.split("\n").filter((line) => line.includes(`"event":"request"`));
  must(entries.length === requests.length, `${entries.length} entries in the log of ${requests.length} requests`);
  clean(output.text, "the function's log");
}
