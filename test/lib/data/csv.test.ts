import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvRow, readCsv, readCsvHeader } from "../../../lib/data/csv.ts";
import { InputError } from "../../../lib/domain/errors.ts";

async function* pieces(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string | Uint8Array, columns = ["a", "b"], size = 7): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  await readCsv("x.csv", pieces(text, size), columns, (row) => rows.push(row));
  return rows;
}

describe("CSV", () => {
  test("byte-order mark, CRLF, quotes, commas, line breaks and blank lines", async () => {
    const text = '\ufeffa,b\r\n1,2\r\n\r\n"3, three","x\r\ny"\r\n5,"say ""six"""\r\n\r\n';
    expect(await read(text)).toEqual([
      { line: 2, cells: ["1", "2"] },
      { line: 4, cells: ["3, three", "x\r\ny"] },
      { line: 6, cells: ["5", 'say "six"'] },
    ]);
  });

  test("columns are found by name, in any order, others passed over; no line break at the end is fine", async () => {
    expect(await read("index,b,a\n0,2,1")).toEqual([{ line: 2, cells: ["1", "2"] }]);
  });

  test.each([
    ["a missing column", "a,c\n1,2\n", "x.csv line 1: column b is missing, expected a,b"],
    ["missing columns", "c\n1\n", "x.csv line 1: columns a, b are missing, expected a,b"],
    ["a column twice", "a,b,a\n", "x.csv line 1: column a stands there twice, expected it once"],
    ["too few cells", "a,b\n1,2\n1\n", "x.csv line 3: 1 cells, expected 2"],
    ["too many cells", 'a,b\n1,"\n"\n1,2,3\n', "x.csv line 4: 3 cells, expected 2"],
    ["nothing", "", "x.csv line 1: the file is empty, expected a header with a,b"],
    ["an open quote", 'a,b\n1,"2\n3,4\n', "x.csv line 2: a quote is opened and never closed"],
    ["text after a quote", 'a,b\n1,2\n1,"2"3\n', "x.csv line 3: text follows a closing quote, expected a comma"],
    ["a quote inside a cell", 'a,b\n1,2"3"\n', "x.csv line 2: a quote stands inside a cell"],
  ])("%s is refused", async (_, text, message) => {
    const error = await read(text).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain(message);
  });

  test("one endless line is refused after 64 KiB, however much would follow", async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a,b\n1,");
      for (; sent < 1e9; sent += 16_384) yield Buffer.alloc(16_384, "x");
    }
    const reading = readCsv("x.csv", endless(), ["a", "b"], () => expect.unreachable());
    await expect(reading).rejects.toThrow("x.csv line 2: a row of more than 64 KiB, expected a short line");
    expect(sent).toBeLessThan(2e6);
  });

  const cell = fc.array(fc.constantFrom("a", "é", "😀", " ", ",", '"', "\n", "\r\n", "=1+1"), { maxLength: 4 });
  const table = fc.integer({ min: 2, max: 4 }).chain((width) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      newline: fc.constantFrom("\n", "\r\n"),
      endsWithNewline: fc.boolean(),
      quoteAll: fc.boolean(),
      pieceSize: fc.integer({ min: 1, max: 40 }),
    }),
  );
  test("any table is read as another reader reads it, wherever its pieces end", async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, newline, endsWithNewline, quoteAll, pieceSize }) => {
        const names = rows[0]!.map((_, i) => `column ${i}`);
        const print = (text: string) => (quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const lines = [names, ...rows.map((row) => row.map((parts) => parts.join("")))];
        const text = lines.map((cells) => cells.map(print).join(",")).join(newline) + (endsWithNewline ? newline : "");
        const expected = parse(text, { relax_column_count: true }) as string[][];
        expect((await read(text, names, pieceSize)).map(({ cells }) => cells)).toEqual(expected.slice(1));
      }),
    );
  });

  test("a file whose lines end with carriage returns alone is refused in words", async () => {
    await expect(read("a,b\r1,2\r")).rejects.toThrow("x.csv line 1: lines end with a carriage return alone");
  });

  test("a gzip file is read as what is in it; one that is cut or damaged is refused", async () => {
    const packed = gzipSync("a,b\n1,2\n");
    for (const size of [1, 7, 1000])
      expect(await read(packed, ["a", "b"], size)).toEqual([{ line: 2, cells: ["1", "2"] }]);
    const endless = gzipSync(Buffer.alloc(2 ** 24, "x"));
    await expect(read(endless, ["a", "b"], 1000)).rejects.toThrow("x.csv line 1: a row of more than 64 KiB");
    for (const wrong of [packed.subarray(0, -6), Buffer.concat([packed.subarray(0, 12), Buffer.alloc(20, 255)])]) {
      await expect(read(wrong)).rejects.toMatchObject({ code: "csv", message: expect.stringContaining("gzip file") });
    }
  });

  test("the first row by itself, less the byte-order mark", async () => {
    expect(await readCsvHeader("x.csv", pieces('\ufeffa,"b, c"\r\n1,2\n'))).toEqual(["a", "b, c"]);
  });

  test("an error of the source comes through as it is", async () => {
    const broken = new Error("connection lost");
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a,b\n1,2\n");
      throw broken;
    }
    const reading = readCsv("x.csv", source(), ["a", "b"], () => {});
    await expect(reading).rejects.toBe(broken);
  });
});
