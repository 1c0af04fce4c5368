import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../lib/domain/sha256.ts";
import { must } from "./drill.ts";
import { readTensors } from "./whole.ts";

interface Latest {
  readonly key: string;
  readonly sha256: string;
}

const TIMES = ["seconds", "waitSeconds", "imagesPerSecond", "waitShare"];

/** The member's newest checkpoint, less times: tensors with their bytes, and how far it has come. */
export async function checkpointOf(store: string, run: string) {
  const latest = JSON.parse(await readFile(join(store, "runs", run, "members/00000/latest.json"), "utf8")) as Latest;
  const bytes = await readFile(join(store, "runs", latest.key));
  must(sha256(bytes) === latest.sha256, `${latest.key} is not what latest.json names`);
  const { header, data } = readTensors(bytes);
  const { __metadata__: metadata, ...tensors } = header;
  const journal = JSON.parse((metadata as { journal: string }).journal);
  for (const record of [journal.current, ...journal.epochs]) for (const time of TIMES) delete record[time];
  return { step: journal.step as number, content: JSON.stringify([tensors, journal, sha256(data)]) };
}

/** What a whole training left, to be compared with another's: optimiser, sample order and weights. */
export async function trainingOf(store: string, run: string): Promise<string> {
  const weights = await readFile(join(store, "runs", run, "members/00000/weights.safetensors"));
  return `${sha256(weights)} ${(await checkpointOf(store, run)).content}`;
}
