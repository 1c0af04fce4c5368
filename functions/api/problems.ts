import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type * as z from "zod";
import type { Problem } from "../../lib/contracts/api.ts";
import { SERVICE_PROBLEMS, type Status, statusOfCode } from "../../lib/contracts/codes.ts";
import { tellIssues } from "../../lib/contracts/tell-issues.ts";
import { HilumError, InputError, systemCodeOf, TemporaryError } from "../../lib/domain/errors.ts";

/** A limit was passed; `limit` says which number. */
export class LimitError extends InputError {
  readonly limit: number;

  constructor(code: string, message: string, limit: number) {
    super(code, message);
    this.limit = limit;
  }
}

/** A day's share is used up; the next one begins in so many seconds. */
export class QuotaError extends LimitError {
  readonly seconds: number;

  constructor(code: string, message: string, limit: number, seconds: number) {
    super(code, message, limit);
    this.seconds = seconds;
  }
}

const TITLES: Record<Status, string> = {
  400: "The request is not well formed",
  403: "This is not allowed",
  404: "There is nothing here",
  405: "This method does not work here",
  413: "The request is over the limit",
  415: "This kind of file is not read here",
  422: "This can't be answered",
  429: "This is enough for now",
  500: "The service failed",
  503: "The service can't answer now",
};

/** Seconds after which a client may try again, where nothing else is known. */
const RETRY_AFTER = 2;

function retryAfter(thrown: unknown, status: Status): { "retry-after"?: string } {
  if (thrown instanceof QuotaError) return { "retry-after": String(thrown.seconds) };
  return status === 503 ? { "retry-after": String(RETRY_AFTER) } : {};
}

/** By its code; of one that no request should meet, by its kind. Faults of what we store ourselves are not the caller's. */
function statusOf(error: unknown): Status {
  if (!(error instanceof HilumError)) return 500;
  return statusOfCode(error.code) ?? (error instanceof InputError ? 422 : error instanceof TemporaryError ? 503 : 500);
}

/** Code of what a lack of the service's machine keeps from being done: room, descriptors, the right to write. */
export const NO_STORAGE = "no-storage";

/** What a caller is told instead of an error that names the service's folders. */
function known(thrown: unknown): unknown {
  if (thrown instanceof HTTPException) return new InputError("bad-request", thrown.message);
  const code = systemCodeOf(thrown);
  if (code === undefined) return thrown;
  const message = `the service can't read or write what it keeps at the moment (${code}); try again later`;
  return new TemporaryError(NO_STORAGE, message, { cause: thrown });
}

/** What is told of any thrown value. What a bug says stays inside: it could quote a film. */
export function problemOf(thrown: unknown, requestId: string): Problem & { readonly status: Status } {
  const error = known(thrown);
  const status = statusOf(error);
  const isTold = error instanceof HilumError && status !== 500;
  return {
    type: "about:blank",
    title: TITLES[status],
    status,
    detail: isTold ? error.message : SERVICE_PROBLEMS.internal.text,
    code: isTold ? error.code : "internal",
    requestId,
    ...(error instanceof LimitError && { limit: error.limit }),
  };
}

/** The Open Inference Protocol has a form of its own for what is wrong. */
const isProtocolPath = (path: string): boolean => path === "/v2" || path.startsWith("/v2/");

/** The answer to any thrown value. */
export function problemResponse(c: Context, thrown: unknown): Response {
  const problem = problemOf(thrown, c.get("requestId"));
  const { status, detail } = problem;
  const retry = retryAfter(thrown, status);
  if (isProtocolPath(c.req.path)) return c.json({ error: detail }, status, retry);
  return c.body(JSON.stringify(problem), status, { "content-type": "application/problem+json", ...retry });
}

/** What the log may know of a fault of ours: its kind and where in the code, never its message. */
export function describeFault(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return { error: systemCodeOf(error) ?? error.name, at: frames.slice(0, 8).map((line) => line.trim()) };
}

/** What does not fit its schema, in one sentence. */
export function schemaError(code: "bad-query" | "bad-request", what: string, error: z.ZodError): InputError {
  return new InputError(code, tellIssues(error, what), { cause: error });
}
