import { describe, expect, test } from "vitest";
import { type CsvRow, readCsv } from "../../../lib/data/csv.ts";
import { InputError } from "../../../lib/domain/errors.ts";

async function* pieces(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string | Uint8Array, columns = ["a", "b"]): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsv("x.csv", pieces(text), columns)) rows.push(row);
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
    const reading = (async () => {
      for await (const _ of readCsv("x.csv", endless(), ["a", "b"])) expect.unreachable();
    })();
    await expect(reading).rejects.toThrow("x.csv line 2: a row of more than 64 KiB, expected a short line");
    expect(sent).toBeLessThan(2e6);
  });

  test("an error of the source comes through as it is", async () => {
    const broken = new Error("connection lost");
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a,b\n1,2\n");
      throw broken;
    }
    const reading = (async () => {
      for await (const _ of readCsv("x.csv", source(), ["a", "b"]));
    })();
    await expect(reading).rejects.toBe(broken);
  });
});
