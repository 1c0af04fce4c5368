import { expect, test } from "vitest";
import { originsOf, ownOrigin } from "../../../functions/api/own-origins.ts";

test.each([
  ["http://127.0.0.1:8080", undefined, "http://127.0.0.1:8080"],
  ["http://[::1]:8080", undefined, "http://[::1]:8080"],
  ["http://10.1.2.3:8080", undefined, "http://10.1.2.3:8080"],
  ["http://0.0.0.0:8080", undefined, "http://ward-pc:8080"],
  ["http://[::]:8080", undefined, "http://ward-pc:8080"],
  ["http://127.0.0.1:8080", "https://films.example", "https://films.example"],
])("one that listens at %s, told %s, is %s to a request that names another", (listens, told, usual) => {
  const origins = originsOf(listens, told, ["ward-pc", "10.9.9.9"]);
  for (const url of ["http://evil.example/v1/uploads", "http://localhost:9/x", "https://127.0.0.1:8080/", usual]) {
    expect(ownOrigin(origins, url)).toBe(usual);
  }
});

test("any of its own names is answered by that name", () => {
  const origins = originsOf("http://0.0.0.0:8080", undefined, ["ward-pc", "10.9.9.9"]);
  for (const name of ["ward-pc", "10.9.9.9", "localhost", "127.0.0.1"]) {
    expect(ownOrigin(origins, `http://${name}:8080/v1/uploads`)).toBe(`http://${name}:8080`);
  }
});
