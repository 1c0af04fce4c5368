import { gzipSync } from "node:zlib";
import type { Bomb } from "./bomb.ts";
import { gzipped } from "./zeros.ts";

const JSON_TYPE = { "content-type": "application/json" };
const FORM = "boundary";
const FORM_TYPE = { "content-type": `multipart/form-data; boundary=${FORM}` };
const DEEP = 100_000;
const LONG = 4_000_000;
/** Places that take JSON. */
const PLACES = ["/v1/predictions", "/v1/feedback", "/v2/models/drill/infer"];

const LONGER = 40_000_000;
/** An upload that nobody was given. */
const UPLOAD = `/v1/uploads/9999999999-${"0".repeat(32)}?signature=${"0".repeat(64)}`;
const many = (text: string): string => text.repeat(Math.floor(LONG / text.length));

const TEXTS: Readonly<Record<string, string>> = {
  [`arrays nested ${DEEP} deep`]: "[".repeat(DEEP) + "]".repeat(DEEP),
  [`objects nested ${DEEP} deep`]: `${`{"inputs":`.repeat(DEEP)}1${"}".repeat(DEEP)}`,
  "one key of 4 MB": `{"${"k".repeat(LONG)}":1}`,
  "one number of 4 MB": `{"labels":${"9".repeat(LONG)}}`,
  "a string of 4 MB of NUL": `{"upload":"${many("\\u0000")}"}`,
  "400,000 keys": `{${Array.from({ length: 400_000 }, (_, i) => `"${i}":1`).join()}}`,
  "the same key 400,000 times": `{${Array.from({ length: 400_000 }, () => `"inputs":1`).join()}}`,
  "two million numbers": `{"inputs":[{"name":"pixels","shape":[1,9,9],"datatype":"UINT8","data":[${many("1,")}1]}]}`,
  "a shape of 2^53": `{"inputs":[{"name":"pixels","shape":[9007199254740993,9007199254740993],"datatype":"UINT8","data":[1]}]}`,
  "100,000 inputs": `{"inputs":[${Array.from({ length: 100_000 }, () => "{}").join()}]}`,
  "4 MB of blanks": " ".repeat(LONG),
  "40 MB of numbers": `[${"1,".repeat(LONGER / 2)}1]`,
};

const part = (head: string, content: string): string => `--${FORM}\r\n${head}\r\n\r\n${content}\r\n`;
const named = (name: string): string => `content-disposition: form-data; name="${name}"; filename="a"`;
const FORMS: Readonly<Record<string, string>> = {
  "100,000 parts": `${part(named("film"), "x").repeat(50_000)}--${FORM}--\r\n`,
  "a name of 4 MB": `${part(named("f".repeat(LONG)), "x")}--${FORM}--\r\n`,
  "a header without an end": `--${FORM}\r\n${"a: b\r\n".repeat(500_000)}`,
  "boundaries alone": `--${FORM}\r\n`.repeat(300_000),
};

/** @param film a sound film */
export function bodyBombs(film: Uint8Array): Bomb[] {
  const encoded = (encoding: string) => ({ "content-type": "image/png", "content-encoding": encoding });
  const gigabytes = gzipped();
  const refused = (name: string, body: Uint8Array | string, more: Partial<Bomb> = {}): Bomb => ({
    name,
    body: Buffer.from(body),
    outcome: "refused",
    ...more,
  });
  return [
    refused("gzip of 4 GB", gigabytes),
    refused("gzip of 4 GB as an encoding", gigabytes, { headers: encoded("gzip") }),
    refused("gzip of 4 GB, seven times over", gigabytes, { headers: encoded(Array(7).fill("gzip").join()) }),
    refused("deflate of 4 GB as an encoding", gigabytes.subarray(10), { headers: encoded("deflate") }),
    refused("a film's gzip", gzipSync(film)),
    refused("gzip of 4 GB to an infer route", gigabytes, {
      path: PLACES[2]!,
      headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    }),
    refused("no film at all", Buffer.alloc(0)),
    ...PLACES.flatMap((path) =>
      Object.entries(TEXTS).map(([name, text]) => refused(`${name} to ${path}`, text, { path, headers: JSON_TYPE })),
    ),
    ...["/v1/predictions", "/v1/predictions:batch", "/v1/feedback", UPLOAD].flatMap((path) =>
      Object.entries(FORMS).map(([name, text]) =>
        refused(`a form of ${name} to ${path}`, text, { path, headers: FORM_TYPE }),
      ),
    ),
    refused("a boundary of 8,000 letters", `--${"b".repeat(8000)}\r\n`, {
      headers: { "content-type": `multipart/form-data; boundary=${"b".repeat(8000)}` },
    }),
    refused("a form of half a million parts", `${part(named("film"), "x").repeat(500_000)}--${FORM}--\r\n`, {
      headers: FORM_TYPE,
    }),
    refused("a query of 8,000 observations", film, { path: `/v1/predictions?explain=${"Edema,".repeat(1300)}x` }),
  ];
}
