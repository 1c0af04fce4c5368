/** A rule that is not followed at some place, and why; docs/exceptions.md lists them. */
export interface Exception {
  readonly rule: string;
  /** What a rule found, where it tells several things of one resource. */
  readonly finding?: RegExp;
  /** Where, by the path of the construct. */
  readonly at: RegExp;
  readonly reason: string;
}

const EVERYWHERE = /./;

const without = (rule: string, at: RegExp, reason: string): Exception => ({ rule, at, reason });

export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: "AwsSolutions-IAM5",
    finding:
      /^Resource::.*-data:ExportsOutputFnGetAtt(incoming|datasets|runs|models|uploads)[0-9A-F]+Arn[0-9A-F]+\/[\w*./-]+$/,
    at: EVERYWHERE,
    reason:
      "Objects are named by run, version and data set, which come and go. Which place a role reaches, and whether it " +
      "reads, writes or deletes there, is set for each step (lib/workflow/access.ts), and which keys it writes (lib/contracts/writers.ts).",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::arn:[a-z-]+:s3:::[a-z0-9.-]+\/[\w*./-]+$/,
    at: EVERYWHERE,
    reason: "The same, in buckets that a stage names as its own (data.buckets).",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::<Page(Files|Log)[0-9A-F]+\.Arn>\/\*$/,
    at: /(PageFiles|EmptyBuckets)/,
    reason: "The page's own files or CloudFront's log of it, all of them, and nothing else.",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::<(incoming|datasets|runs|models|uploads|accessLogs)[0-9A-F]+\.Arn>\/\*$/,
    at: /EmptyBuckets/,
    reason:
      "Everything in the buckets that go with the stack, which are deleted only where they are empty; none that the stage keeps.",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::arn:.*:states:.*:execution:hilum-[a-z0-9-]+:\*$/,
    at: /(OnData|OnFailure|notifyFunction)/,
    reason: "Executions of this stage's own state machine, whose names hold the fingerprint of the data.",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::arn:.*:batch:.*:job\/\*$/,
    at: /Watch/,
    reason:
      "Jobs that wait too long, whose names nobody knows before; it marks and cancels those of this stage's queues.",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::arn:.*:batch:.*:job-definition\/hilum-[a-z0-9-]+:\*$/,
    at: /Pipeline/,
    reason: "Revisions of this stage's own job definitions: executions go on with the one that they began with.",
  },
  {
    rule: "AwsSolutions-IAM5",
    finding: /^Resource::\*$/,
    at: /-(training|inference)\/|\/EmptyBuckets\//,
    reason:
      "Actions that know no resource: sending traces (X-Ray), setting up log delivery, and looking at and ending Batch " +
      "jobs, and fetching the registry's token. A test lists them and fails for any other.",
  },
  {
    rule: "AwsSolutions-IAM4",
    finding: /AWSLambdaBasicExecutionRole/,
    at: EVERYWHERE,
    reason: "Writing logs and nothing else; AWS keeps it in step with what Lambda needs.",
  },
  {
    rule: "AwsSolutions-IAM4",
    finding: /AmazonEC2ContainerServiceforEC2Role/,
    at: /Compute\/.*InstanceProfileRole/,
    reason:
      "What the ECS agent needs on an instance, kept by AWS. Jobs have roles of their own, but share the instance's network: " +
      "a rule set at every boot (boot-hook.sh) lets root alone ask for this one, and jobs run as user 1000. An instance " +
      "where the rule can't be set takes no jobs.",
  },
  {
    rule: "AwsSolutions-IAM4",
    finding: /AmazonAPIGatewayPushToCloudWatchLogs/,
    at: /Rest\/CloudWatchRole/,
    reason: "API Gateway's own role for its logs, one for the account; AWS names the policy for it.",
  },
  without(
    "AwsSolutions-APIG2",
    /Rest\/Resource$/,
    "The imported document carries the validator of parameters, which the rule does not look into; a test does.",
  ),
  without(
    "AwsSolutions-APIG3",
    /Rest\/DeploymentStage/,
    "The stage's setting api.firewall is off, for stages that hold no patient's film.",
  ),
  without(
    "AwsSolutions-APIG4",
    /Rest\//,
    "A browser's question before it calls from another origin carries no credentials; it is answered with headers alone.",
  ),
  without("AwsSolutions-CFR1", /\/Page\//, "Who may use the page is decided by the log-in, not by the country."),
  without(
    "AwsSolutions-CFR2",
    /\/Page\//,
    "The firewall stands before the API and the log-in, in the stage's own region, and knows readers by their own address " +
      "(docs/adr/0019); the page's own files are public source code.",
  ),
  without(
    "AwsSolutions-CFR3",
    /\/Page\//,
    "Calls are in the API's access log; what is left are readings of the page's files, which say nothing but addresses of readers.",
  ),
  without(
    "AwsSolutions-CFR4",
    /\/Page\//,
    "CloudFront's own name allows older TLS; the setting api.domain gives the page a name and a certificate with TLS 1.2 and up.",
  ),
  ...["AwsSolutions-SMG4", "HIPAA.Security-SecretsManagerRotationEnabled"].map((rule) =>
    without(
      rule,
      /\/PageProof$/,
      "CloudFront shows it to the firewall; who knows it can evade the rate limit for an address and nothing else. CloudFormation " +
        "hands a new one to both when the resource is replaced.",
    ),
  ),
  without(
    "AwsSolutions-COG8",
    /\/People\/Resource$/,
    "The stage's setting api.login.threatProtection is off: the Plus tier is for its threat protection, and watches nobody who " +
      "comes from a provider.",
  ),
  without("AwsSolutions-SQS3", /Undelivered/, "It is itself the queue of what could not be delivered."),
  without(
    "HIPAA.Security-APIGWCacheEnabledAndEncrypted",
    /Rest\/DeploymentStage/,
    "Answers about films are never cached.",
  ),
  without(
    "HIPAA.Security-APIGWSSLEnabled",
    /Rest\/DeploymentStage/,
    "A client certificate proves API Gateway to an HTTP backend; this one calls Lambda with a signature.",
  ),
  without(
    "HIPAA.Security-CloudTrailCloudWatchLogsEnabled",
    /\/Trail$/,
    "Kept as files with their digests beside the access logs, under the stage's key; in CloudWatch they would be paid for twice.",
  ),
  without(
    "HIPAA.Security-IAMNoInlinePolicy",
    EVERYWHERE,
    "Each role serves one function or job. A policy inside it can be attached to no other, and goes when it goes.",
  ),
  without(
    "HIPAA.Security-LambdaConcurrency",
    EVERYWHERE,
    "Steps run once at a time by the state machine; the API has the setting api.concurrency. Reserving for each would take " +
      "from an account whose limit may be 10.",
  ),
  without(
    "HIPAA.Security-LambdaDLQ",
    /(\w+Function|Api|PageFiles.*|EmptyBuckets|Custom.*)\/(Resource|Handler)$/,
    "Called synchronously by the state machine, API Gateway or CloudFormation, which hears of a failure itself.",
  ),
  without(
    "HIPAA.Security-LambdaInsideVPC",
    EVERYWHERE,
    "They speak to AWS over TLS with signatures only; inside a network they would need ways out, which adds reach, not safety.",
  ),
  without(
    "HIPAA.Security-S3BucketReplicationEnabled",
    EVERYWHERE,
    "Versions guard against mistakes. A copy in another region is the platform team's decision, since films would leave this one.",
  ),
  without(
    "HIPAA.Security-S3BucketVersioningEnabled",
    /uploads\//,
    "What is removed from it must be gone: a version that stays behind would be a film kept against the promise.",
  ),
  without(
    "HIPAA.Security-S3DefaultEncryptionKMS",
    /(accessLogs|PageFiles|PageLog)\//,
    "S3 delivers access logs under its own key only, and CloudFront's log is theirs in kind; the page's files are public source " +
      "code. All are encrypted with S3's key.",
  ),
  without(
    "HIPAA.Security-VPCDefaultSecurityGroupClosed",
    /Compute\/Vpc/,
    "Nothing is in the default group; jobs have one of their own without any way in. Emptying it would need a function that may " +
      "change security groups.",
  ),
  without(
    "HIPAA.Security-VPCNoUnrestrictedRouteToIGW",
    /Compute\/Vpc/,
    "Networks `public` and `nat` have a way out by choice of the stage, and no way in; `endpoints` has neither.",
  ),
  without(
    "HIPAA.Security-VPCSubnetAutoAssignPublicIpDisabled",
    /Compute\/Vpc/,
    "Networks `public` and `nat` by choice of the stage: an address to reach out with; the security group lets nothing in.",
  ),
];
