import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takeDataApart } from "../../../../functions/api/parsers/tensor-text.ts";
import { copyGreys, decodeFiles, mostValues } from "../../../../functions/api/parsers/tensor-values.ts";

/** Writers put blanks where they like. */
const written = (value: unknown, blanks: boolean): Buffer => Buffer.from(JSON.stringify(value, null, blanks ? 2 : 0));

const nested = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 255 }),
    fc.double({ min: 0, max: 255, noNaN: true }),
    tie("array"),
  ),
  array: fc.array(tie("value"), { maxLength: 6 }),
})).array as fc.Arbitrary<unknown[]>;

const flat = (values: readonly unknown[]): unknown[] => values.flat(Number.POSITIVE_INFINITY);

test("a tensor's data is taken out, and its values are JSON's own, whatever stands around them", async () => {
  await fc.assert(
    fc.asyncProperty(nested, fc.jsonValue({ maxDepth: 3 }), fc.boolean(), async (data, other, blanks) => {
      const request = { id: 'a"data":[1]', inputs: [{ parameters: { data: other }, data, name: "[{" }], data: other };
      const text = written(request, blanks);
      const { rest, data: spans } = await takeDataApart(text);
      expect(JSON.parse(rest.toString())).toEqual(
        JSON.parse(JSON.stringify({ ...request, inputs: [{ ...request.inputs[0], data: [] }] })),
      );
      expect(spans).toHaveLength(1);
      const [span] = spans;
      expect(JSON.parse(text.subarray(span!.from, span!.to).toString())).toEqual(JSON.parse(JSON.stringify(data)));
      const values = new Uint16Array(mostValues(span!));
      const seen: number[] = [];
      const count = await copyGreys(text, span!, values, (value) => seen.push(value));
      expect(seen).toEqual(flat(data).map((value) => (Object.is(value, -0) ? 0 : value)));
      expect(count).toBe(seen.length);
    }),
    { numRuns: 200 },
  );
});

const spanOf = (text: string) => ({ from: 0, to: Buffer.byteLength(text) });

describe("grey values", () => {
  const copy = (text: string) => copyGreys(Buffer.from(text), spanOf(text), new Uint8Array(8), (value) => value);

  test.each([
    "[1 2]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[[1]",
    "[1][",
    "[01]",
    "[1e]",
    "[.5]",
    "[--1]",
    "[1,null]",
    '["1"]',
    "[true]",
    "[{}]",
    `[${"1".repeat(40)}]`,
  ])("%s are none", async (text) => {
    await expect(
      copyGreys(Buffer.from(text), spanOf(text), new Uint8Array(8), (value) => (value >= 0 ? value : undefined)),
    ).rejects.toMatchObject({ code: "bad-tensor" });
  });

  test("nested too deep are refused, and what is beyond the places is counted", async () => {
    await expect(copy("[".repeat(100_000) + "]".repeat(100_000))).rejects.toMatchObject({ code: "bad-json" });
    expect(await copy(`[${"7,".repeat(99)}7]`)).toBe(100);
  });
});

describe("files", () => {
  const decode = (text: string, most = 4) => decodeFiles(Buffer.from(text), spanOf(text), most);

  test("come out as they went in, padded or not, with slashes written either way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { maxLength: 4 }),
        fc.constantFrom("/", "\\/"),
        async (files, slash) => {
          const texts = files.map((file, i) => {
            const text = Buffer.from(file).toString("base64").replaceAll("/", slash);
            return `"${i % 2 === 0 ? text : text.replace(/=+$/, "")}"`;
          });
          expect((await decode(`[ ${texts.join(" ,\n")} ]`)).map((file) => Buffer.from(file))).toEqual(
            files.map((file) => Buffer.from(file)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each([
    '[""]',
    '["A A"]',
    '["A-_A"]',
    '["QQ==="]',
    '["Q=Q="]',
    '["QQ" "QQ"]',
    '["QQ",]',
    "[1]",
    '[["QQ"]]',
    '["\\u0041A"]',
    '["a","b","c","d","e"]',
  ])("%s are none", async (text) => {
    await expect(decode(text)).rejects.toMatchObject({ code: "bad-tensor" });
  });
});

test.each([
  ["beside the data", `{"inputs":[{"data":[1]}],"outputs":[${'{"name":"x"},'.repeat(2_000)}1]}`, "json-too-large"],
  ["a key", `{"${"k".repeat(200_000)}":1}`, "json-too-large"],
  ["blanks", `{"inputs":[{"data":${" ".repeat(200_000)}[1]}]}`, "json-too-large"],
  ["nested", `{"x":${"[".repeat(100)}${"]".repeat(100)}}`, "bad-json"],
  ["nested data", `{"inputs":[{"data":${"[".repeat(100)}${"]".repeat(100)}}]}`, "bad-json"],
])("%s: too much is refused before it is parsed", async (_, text, code) => {
  await expect(takeDataApart(Buffer.from(text))).rejects.toMatchObject({ code });
});
