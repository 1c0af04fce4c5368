import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { readCsv } from "../../../lib/data/csv.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { makeFolder } from "../../../lib/setup/make-folder.mjs";
import { holdLock } from "../../../lib/store/lock.ts";
import type { PredictionResult } from "./answer.ts";
import { type OutFormat, outFormat } from "./out-formats.ts";

type Done = ReadonlyMap<string, string | null>;

/** Answers on disk, one film a line, that a later call goes on with. */
export interface OutFile {
  /** Films that stand in it already, by path: the code of what failed, or null where there is an answer. */
  readonly done: Done;
  write(result: PredictionResult): Promise<void>;
  close(): Promise<void>;
}

const refuse = (path: string, what: string) =>
  new InputError("out-file", `${path}: ${what}; name another with --out, or remove it`);

/**
 * Opens a file to write answers to. What stands in it stays; a line that a killed process left half is cut off.
 * @param version of the model that is going to answer
 * @throws InputError `out-file` where it holds something else, or another model's answers; TemporaryError `in-use`
 */
export async function openOutFile(path: string, version: string): Promise<OutFile> {
  const format = outFormat(path);
  await makeFolder(dirname(path));
  const release = holdLock(`${path}.lock`);
  let file: FileHandle | undefined;
  try {
    file = await openAppending(path);
    const whole = await endOfWholeLines(path, format);
    const done = whole === 0 ? new Map() : await READERS[format.quoted ? "csv" : "jsonl"](path, whole, version);
    await file.truncate(whole);
    if (whole === 0) await file.appendFile(format.header);
    return outFile(file, format, done, release);
  } catch (error) {
    await file?.close();
    release();
    throw error;
  }
}

function outFile(file: FileHandle, format: OutFormat, done: Done, release: () => void): OutFile {
  return {
    done,
    write: (result) => file.appendFile(format.line(result)),
    async close() {
      try {
        await file.datasync();
        await file.close();
      } finally {
        release();
      }
    },
  };
}

async function openAppending(path: string): Promise<FileHandle> {
  const found = await stat(path).catch(() => undefined);
  // Opening a pipe from which nobody reads would wait for ever.
  if (found && !found.isFile() && !found.isDirectory()) throw refuse(path, "a pipe or a device");
  try {
    return await open(path, "a");
  } catch (cause) {
    throw new InputError("out-file", `${path}: cannot be written (${(cause as Error).message})`, { cause });
  }
}

const [NEWLINE, QUOTE] = [0x0a, 0x22];

/**
 * Bytes up to the end of the last whole line.
 * @throws InputError `out-file` where the file does not begin, or does not end, as one of ours
 */
async function endOfWholeLines(path: string, { header, opening, quoted }: OutFormat): Promise<number> {
  let [end, at, inQuotes] = [0, 0, false];
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
    for (let i = 0; i < piece.length; i += 1) {
      if (quoted && piece[i] === QUOTE) inQuotes = !inQuotes;
      else if (piece[i] === NEWLINE && !inQuotes) end = at + i + 1;
    }
    at += piece.length;
  }
  if (!(await continues(path, 0, header)) || !(await continues(path, end, end === 0 ? header || opening : opening))) {
    throw refuse(path, "no file of predictions");
  }
  return end;
}

/** Whether the text at `from` is the expected one, or as much of it as there is. */
async function continues(path: string, from: number, expected: string): Promise<boolean> {
  const file = await open(path);
  try {
    const bytes = Buffer.from(expected);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, from);
    return buffer.subarray(0, bytesRead).equals(bytes.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

type Reader = (path: string, end: number, version: string) => Promise<Done>;

/** Films of the whole lines of a file, by format. */
const READERS: Readonly<Record<"csv" | "jsonl", Reader>> = {
  async csv(path, end, version) {
    const done = new Map<string, string | null>();
    await readCsv(path, createReadStream(path, { end: end - 1 }), ["Path", "Error", "Version"], ({ cells }) => {
      const [film = "", error = "", by = ""] = cells;
      requireVersion(path, by, version);
      done.set(film, error === "" ? null : error.split(":", 1)[0]!);
    });
    return done;
  },

  async jsonl(path, end, version) {
    const done = new Map<string, string | null>();
    for await (const text of createInterface({ input: createReadStream(path, { end: end - 1 }) })) {
      const line = Line.safeParse(parsed(text));
      if (!line.success) throw refuse(path, "no file of predictions");
      const { file, model, error } = line.data;
      requireVersion(path, model.version, version);
      done.set(file, error?.code ?? null);
    }
    return done;
  },
};

const Line = z.object({
  file: z.string(),
  model: z.object({ version: z.string() }),
  error: z.object({ code: z.string() }).optional(),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function requireVersion(path: string, found: string, expected: string): void {
  if (found !== expected) throw refuse(path, `answers of model ${found}, expected ${expected}`);
}
