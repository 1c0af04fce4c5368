import fc from "fast-check";
import { expect, test } from "vitest";
import { parseForm } from "../../../../functions/api/parsers/form.ts";
import { TURN_BYTES } from "../../../../functions/api/parsers/turns.ts";

const TYPE = "multipart/form-data; boundary=X";
const DISPOSITION = 'content-disposition: form-data; name="film"; filename="a.png"';

const body = (...parts: readonly (readonly [string, string | Uint8Array])[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([headers, content]) => [
      Buffer.from(`--X\r\n${headers}\r\n\r\n`),
      Buffer.from(content as string),
      Buffer.from("\r\n"),
    ]),
    Buffer.from("--X--\r\n"),
  ]);

test("what fetch and browsers write is read as it was written, wherever the boundary's text stands in it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom("film", "a;b", "naïve"), fc.uint8Array({ maxLength: 300 }), fc.boolean()), {
        minLength: 1,
        maxLength: 5,
      }),
      async (given) => {
        const form = new FormData();
        for (const [name, content, isFile] of given) {
          if (isFile) form.append(name, new File([new Uint8Array(content)], 'of "name"; x'));
          else form.append(name, Buffer.from(content).toString("hex"));
        }
        const request = new Request("http://here/", { method: "POST", body: form });
        const sent = Buffer.from(await request.arrayBuffer());
        const parts = await parseForm(sent, request.headers.get("content-type")!);
        expect(parts.map(({ name, isFile, bytes }) => [name, isFile, bytes.toString("hex")])).toEqual(
          given.map(([name, content, isFile]) => {
            const hex = Buffer.from(content).toString("hex");
            return [name, isFile, isFile ? hex : Buffer.from(hex).toString("hex")];
          }),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("a boundary counts on a line of its own alone", async () => {
  const film = "\r\n--XY\r\n--X-\r\n--X \r\r\n -- X--X";
  const [part] = await parseForm(body([DISPOSITION, film]), TYPE);
  expect(part!.bytes.toString()).toBe(film);
});

test("one that lies across the pieces in which it is looked for is found", async () => {
  for (let length = TURN_BYTES - 120; length < TURN_BYTES + 10; length += 1) {
    const [first, second] = await parseForm(body([DISPOSITION, Buffer.alloc(length)], [DISPOSITION, "b"]), TYPE);
    expect([first!.bytes.length, second!.bytes.toString()]).toEqual([length, "b"]);
  }
});

test("blanks behind a boundary, a preamble, an epilogue, names without quotes", async () => {
  const text = `before\r\n--X \t\r\nContent-Disposition: form-data; name=film; filename*=utf-8''a\r\n\r\nx\r\n--X--after`;
  expect(await parseForm(Buffer.from(text), 'multipart/form-data; charset=utf-8; boundary="X"')).toEqual([
    { name: "film", isFile: true, bytes: Buffer.from("x") },
  ]);
});

test.each([
  ["no boundary", "multipart/form-data", body([DISPOSITION, "x"]), "no boundary"],
  ["a long boundary", `${TYPE}${"y".repeat(70)}`, body(), "no boundary"],
  ["nothing", TYPE, Buffer.alloc(0), "its last boundary"],
  ["no end", TYPE, body([DISPOSITION, "x"]).subarray(0, -5), "its last boundary"],
  ["many parts", TYPE, body(...Array.from({ length: 257 }, () => [DISPOSITION, "x"] as const)), "more parts than 256"],
  ["long headers", TYPE, body([`a: ${"b".repeat(5000)}\r\n${DISPOSITION}`, "x"]), "its first 4096 bytes"],
  ["many headers", TYPE, body(["a: b\r\n".repeat(100_000), "x"]), "its first 4096 bytes"],
  ["a long name", TYPE, body([DISPOSITION.replace("film", "f".repeat(5000)), "x"]), "its first 4096 bytes"],
  ["no name", TYPE, body(["content-disposition: form-data; filename=a", "x"]), "without `content-disposition"],
  ["another disposition", TYPE, body(["content-disposition: attachment; name=film", "x"]), "without `content-disp"],
  ["no headers", TYPE, body(["", "x"]), "without `content-disp"],
] as const)("%s is refused", async (_, type, bytes, message) => {
  await expect(parseForm(bytes, type)).rejects.toMatchObject({
    code: "bad-multipart",
    message: expect.stringContaining(message),
  });
});
