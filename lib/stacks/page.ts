import { join } from "node:path";
import { CustomResource, Duration, Fn, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { SpecRestApi } from "aws-cdk-lib/aws-apigateway";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  FunctionEventType,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { Grant } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { PageConfiguration } from "../contracts/page-configuration.ts";
import { recordOf } from "../domain/record-of.ts";
import { browserFiles, digest, type Files, FUNCTIONS_FOLDER, withBundles } from "./bundle.ts";
import { emptiedBuckets, grantEmptying } from "./emptied-buckets.ts";
import type { Login } from "./login.ts";
import type { LogKeeping } from "./logs.ts";
import { type PageProof, readerAddress } from "./page-proof.ts";
import { GATEWAY_STAGE } from "./rest-api.ts";
import type { Buckets } from "./room-access.ts";
import { smallFunction } from "./small-function.ts";
import type { Stage } from "./stage.ts";

export interface PageProps {
  readonly stage: Stage;
  readonly api: SpecRestApi;
  readonly login: Login;
  readonly buckets: Buckets;
  readonly accessLogs: IBucket;
  /** Where a firewall stands before the API. */
  readonly proof: PageProof | undefined;
}

/** Paths that the API answers; everything else is a file of the page. */
const API_PATHS = ["/v1/*", "/v2", "/v2/*"];

/** Documents, and the worker that watches over all of them. */
const AT_ROOT = /(\.html|^login-worker\.js)$/;

/** The page behind CloudFront, on one origin with the API; whoever opens it logs in first. */
export function page(
  scope: Construct,
  { stage, api, login, buckets, accessLogs, proof }: PageProps,
): { readonly distribution: Distribution; readonly url: string } {
  const { region, urlSuffix } = Stack.of(scope);
  const bucket = new Bucket(scope, "PageFiles", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: "page/",
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
    // Nothing in it that a deployment does not make again.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const files = bucket as IBucket;
  const headers = responseHeaders(scope, [
    login.domain.baseUrl(),
    `https://${buckets.uploads.bucketRegionalDomainName}`,
  ]);
  const apiOrigin = new HttpOrigin(`${api.restApiId}.execute-api.${region}.${urlSuffix}`, {
    originPath: `/${GATEWAY_STAGE}`,
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    readTimeout: Duration.seconds(30),
    ...(proof && { customHeaders: { [proof.header]: proof.secret } }),
  });
  const answers = {
    origin: apiOrigin,
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    responseHeadersPolicy: headers,
    ...(proof && {
      functionAssociations: [{ function: readerAddress(scope), eventType: FunctionEventType.VIEWER_REQUEST }],
    }),
  };
  const log = stage.api.pageLog ? pageLog(scope, { stage, key: buckets.key, accessLogs }) : undefined;
  const distribution = new Distribution(scope, "Page", {
    comment: `Hilum ${stage.name}: not for clinical use`,
    defaultRootObject: "login.html",
    httpVersion: HttpVersion.HTTP2_AND_3,
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    ...(log && { enableLogging: true, logBucket: log, logFilePrefix: "page/", logIncludesCookies: false }),
    ...(stage.api.domain !== null && {
      domainNames: [stage.api.domain.name],
      certificate: Certificate.fromCertificateArn(scope, "Certificate", stage.api.domain.certificateArn),
    }),
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(files),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: headers,
    },
    additionalBehaviors: recordOf(API_PATHS, () => answers),
  });
  // Nothing more is written once it is gone: the log is emptied after it.
  if (log && !stage.keepData) {
    const emptied = { stage, key: buckets.key, name: "empty-page-log", buckets: [log] };
    distribution.node.addDependency(emptiedBuckets(scope, emptied));
  }
  const url = `https://${stage.api.domain?.name ?? distribution.domainName}`;
  pageFiles(scope, {
    stage,
    key: buckets.key,
    files,
    configuration: {
      login: login.domain.baseUrl(),
      clientId: login.client(url).userPoolClientId,
      redirect: Fn.join("", [url, "/"]),
    },
  });
  return { distribution, url };
}

/** Where CloudFront writes who opened the page and called through it. It writes by an access list, as nothing else here. */
function pageLog(scope: Construct, { stage, accessLogs }: LogKeeping & { readonly accessLogs: IBucket }): IBucket {
  return new Bucket(scope, "PageLog", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: "page-log/",
    lifecycleRules: [
      {
        expiration: Duration.days(stage.logDays),
        noncurrentVersionExpiration: Duration.days(stage.data.oldVersionDays),
      },
    ],
    removalPolicy: stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  }) as IBucket;
}

/** The page's documents stand at the root and what they load under page/, as the service itself serves them. */
function pageFiles(
  scope: Construct,
  { stage, key, files, configuration }: LogKeeping & { files: IBucket; configuration: PageConfiguration },
): void {
  const folders = ["api/page", "login"].map((name) => browserFiles(join(FUNCTIONS_FOLDER, name)));
  const beside = Object.fromEntries(
    Object.entries(Object.assign({}, ...folders) as Files).map(([name, file]) => [
      AT_ROOT.test(name) ? `files/${name}` : `files/page/${name}`,
      file,
    ]),
  );
  const writer = withBundles(["page-files"], (code) =>
    smallFunction(scope, "PageFilesWriter", {
      stage,
      key,
      name: "page-files",
      does: "puts the page's files in place",
      code: code("page-files", beside),
      memoryMiB: 256,
      timeoutSeconds: 300,
      environment: {},
    }),
  );
  Grant.addToPrincipal({ grantee: writer, actions: ["s3:PutObject"], resourceArns: [files.arnForObjects("*")] });
  grantEmptying(writer, files);
  new CustomResource(scope, "PageFilesInPlace", {
    serviceToken: writer.functionArn,
    properties: { bucket: files.bucketName, configuration, digest: digest(beside) },
  });
}

/** Of every answer: our own origin, the log-in's and the uploads' and no other. */
function responseHeaders(scope: Construct, connect: readonly string[]): ResponseHeadersPolicy {
  const policy = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "worker-src": "'self'",
    "connect-src": ["'self'", ...connect].join(" "),
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return new ResponseHeadersPolicy(scope, "PageHeaders", {
    comment: "Hilum: own origin, log-in and uploads only",
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: Object.entries(policy)
          .map(([name, sources]) => `${name} ${sources}`)
          .join("; "),
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
    },
    customHeadersBehavior: {
      customHeaders: [
        { header: "permissions-policy", value: "camera=(), microphone=(), geolocation=()", override: true },
      ],
    },
  });
}
