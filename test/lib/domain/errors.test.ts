import { expect, test } from "vitest";
import { EXIT, errorFromReport, InputError, reportError, TemporaryError } from "../../../lib/domain/errors.ts";

const ofSystem = (code: string) => Object.assign(new Error(`${code}: it said`), { code });

test.each([
  ["a full disk", ofSystem("ENOSPC"), { code: "enospc", exitCode: EXIT.temporary }],
  ["a store that may only be read", ofSystem("EROFS"), { code: "erofs", exitCode: EXIT.input }],
  ["a folder of somebody else", ofSystem("EACCES"), { code: "eacces", exitCode: EXIT.input }],
  [
    "a temporary folder that is not there",
    Object.assign(ofSystem("ENOENT"), { syscall: "mkdtemp", path: "/gone/hilum-XXXXXX" }),
    { code: "no-temporary-folder", exitCode: EXIT.input, message: expect.stringMatching(/gone.*TMPDIR/) },
  ],
  ["another file that is not there", Object.assign(ofSystem("ENOENT"), { syscall: "open" }), { exitCode: EXIT.bug }],
  ["an error of ours", new TypeError("x is not a function"), { code: "internal", exitCode: EXIT.bug }],
  ["another code", ofSystem("ERR_ASSERTION"), { code: "internal", exitCode: EXIT.bug }],
  ["no error at all", undefined, { code: "internal", exitCode: EXIT.bug }],
  ["wrong input", new InputError("csv", "line 12"), { code: "csv", exitCode: EXIT.input, message: "line 12" }],
])("%s is told by its kind", (_, error, expected) => {
  expect(reportError(error)).toMatchObject(expected);
});

test("an error keeps its kind across processes", () => {
  const error = errorFromReport(reportError(new TemporaryError("stopped", "stopped by SIGTERM")));
  expect(error).toBeInstanceOf(TemporaryError);
  expect(reportError(error)).toEqual({ code: "stopped", message: "stopped by SIGTERM", exitCode: EXIT.temporary });
});
