import { HilumError, InputError, TemporaryError } from "../domain/errors.ts";
import { recordOf } from "../domain/record-of.ts";
import { backOff } from "../parallel/back-off.ts";
import { NotFoundError, PreconditionError } from "./errors.ts";

/** What the SDK throws, as far as it is read here. */
interface ServiceFault {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

const fault = (error: unknown): ServiceFault => (error ?? {}) as ServiceFault;

/** How often the SDK sent the request that failed in the end. */
export const attemptsOf = (error: unknown): number => fault(error).$metadata?.attempts ?? 1;

export const isMissing = (error: unknown): boolean =>
  fault(error).name !== "NoSuchBucket" && fault(error).$metadata?.httpStatusCode === 404;

const CONFLICT = 409;
const CONFLICT_ATTEMPTS = 6;
/** Milliseconds. */
const CONFLICT_WAIT = { first: 20, longest: 640 };

/** A 409 says that another conditional write was in flight, not who won: the next attempt finds out. */
export async function withConflictRetries<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (fault(error).$metadata?.httpStatusCode !== CONFLICT || attempt === CONFLICT_ATTEMPTS) throw error;
      await backOff(CONFLICT_WAIT, attempt);
    }
  }
}

/** Faults of the network, which carry no status. */
const NETWORK_FAULT =
  /^(E(CONN(RESET|REFUSED)|TIMEDOUT|PIPE|AI_AGAIN|HOSTUNREACH|NETUNREACH)|ENOTFOUND|TimeoutError|UND_ERR.*)$/;

type Translation = (uri: string, key: string, error: ServiceFault, options: ErrorOptions) => HilumError;

const input =
  (code: string, expectation: string): Translation =>
  (uri, key, error, options) =>
    new InputError(code, `${uri}/${key}: ${error.name ?? "error"}: ${error.message}; ${expectation}`, options);

const temporary: Translation = (uri, key, error, options) =>
  new TemporaryError("store-unavailable", `${uri}/${key}: ${error.name ?? error.code}: ${error.message}`, options);

/** The SDK's own comparison of a body with the checksum it was stored with. */
const DAMAGED = /^checksum mismatch/i;

/** The service's answers to a body that is not what was announced: bytes changed or were lost on the way. */
const DAMAGED_ON_THE_WAY = ["BadDigest", "IncompleteBody", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"];

const credentials = input("store-credentials", "expected AWS credentials in the environment");
/** Sessions that came to their end: S3 answers 400, as to a request that was malformed. */
const expired = input("store-access", "expected credentials that are valid, after aws sso login or aws configure");
const region = input("store-region", "expected the bucket's region, from AWS_REGION or the profile");

const BY_NAME: Readonly<Record<string, Translation>> = {
  ...recordOf(DAMAGED_ON_THE_WAY, () => temporary),
  NoSuchBucket: input("store-bucket", "expected a bucket that exists"),
  InvalidBucketName: input("store-bucket", "expected the name of a bucket after s3://"),
  CredentialsProviderError: credentials,
  TokenProviderError: expired,
  ExpiredToken: expired,
  InvalidToken: expired,
  TokenRefreshRequired: expired,
  AuthorizationHeaderMalformed: region,
  PermanentRedirect: region,
};

/** The SDK throws this without a name of its own before it sends anything. */
const NO_REGION = /^region is missing/i;

const BY_STATUS: Readonly<Record<number, Translation>> = {
  301: region,
  401: input("store-access", "expected valid credentials"),
  403: input("store-access", "expected a role that may do this"),
  404: (uri, key, _error, options) => new NotFoundError(uri, key, options),
  408: temporary,
  [CONFLICT]: temporary,
  412: (uri, key, _error, options) => new PreconditionError(uri, key, options),
  429: temporary,
};

/** The project's error for one of the service; what is not known stays as it is. */
export function storeError(uri: string, key: string, error: unknown): unknown {
  if (error instanceof HilumError) return error;
  const seen = fault(error);
  const status = seen.$metadata?.httpStatusCode ?? 0;
  const network = NETWORK_FAULT.test(seen.code ?? "") || NETWORK_FAULT.test(seen.name ?? "");
  const passing = status >= 500 || network || DAMAGED.test(seen.message ?? "");
  const unplaced = NO_REGION.test(seen.message ?? "") ? region : undefined;
  const translate = unplaced ?? BY_NAME[seen.name ?? ""] ?? BY_STATUS[status] ?? (passing ? temporary : undefined);
  return translate === undefined ? error : translate(uri, key, seen, { cause: error });
}
