import "../store/sdk-warning.ts";
import { HilumError, InputError, TemporaryError } from "../domain/errors.ts";

/** What the SDK throws, as far as it is read here. */
interface ServiceFault {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $retryable?: object;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

type Kind = (what: string, fault: ServiceFault, options: ErrorOptions) => HilumError;

const wrong =
  (code: string, expected: string): Kind =>
  (what, { name, message }, options) =>
    new InputError(code, `${what}: ${name}: ${message}; expected ${expected}`, options);

const temporary: Kind = (what, { name, code, message }, options) =>
  new TemporaryError("aws-unavailable", `${what}: ${code ?? name}: ${message}`, options);

/** By the service's name of the fault, or its message where it has no name of its own; the first that fits counts. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/region is missing/i, wrong("aws-region", "a region, from AWS_REGION or the profile")],
  [
    /Credentials|ExpiredToken|TokenRefreshRequired|UnrecognizedClient|InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch/,
    wrong("aws-credentials", "credentials that are valid, after aws sso login or aws configure"),
  ],
  [/AccessDenied|UnauthorizedOperation|NotAuthorized/, wrong("aws-access", "a role that may do this")],
  [
    /Throttl|TooManyRequests|RequestLimitExceeded|ServiceUnavailable|InternalError|TimeoutError|^E[A-Z]+$|ENOTFOUND/,
    temporary,
  ],
];

/**
 * An answer of AWS, or the project's own error for what went wrong; faults that are not known stay as they are.
 * @param what what was asked for, with which the message begins
 * @throws InputError `aws-region`, `aws-credentials`, `aws-access`; TemporaryError `aws-unavailable`
 */
export async function ask<T>(what: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof HilumError) throw error;
    const fault = (error ?? {}) as ServiceFault;
    const texts = [fault.name, fault.code, fault.name === "Error" ? fault.message : undefined];
    const [, kind] = KINDS.find(([pattern]) => texts.some((text) => text !== undefined && pattern.test(text))) ?? [];
    const passing = (fault.$metadata?.httpStatusCode ?? 0) >= 500 || fault.$retryable !== undefined;
    const translate = kind ?? (passing ? temporary : undefined);
    throw translate === undefined ? error : translate(what, fault, { cause: error });
  }
}
