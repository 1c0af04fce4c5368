/** Types of resource that the emulator does not make, and where what they do is tested instead. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::Account": "read in the template (test/lib/stacks)",
  "AWS::ApiGateway::Deployment": "the emulator reads no imported document; the API's own tests call every route of it",
  "AWS::ApiGateway::Stage": "read in the template (test/lib/stacks)",
  "AWS::ApiGateway::UsagePlan": "read in the template (test/lib/stacks)",
  "AWS::Budgets::Budget": "read in the template (test/lib/stacks)",
  "AWS::CloudFormation::CustomResource": "its functions are called by their tests (test/functions)",
  "AWS::CloudFront::Distribution":
    "its paths are compared with the API's (test/lib/stacks); pages are opened in a browser",
  "AWS::CloudFront::Function": "its code is run by a test, as CloudFront would (test/lib/stacks)",
  "AWS::CloudFront::OriginAccessControl": "read in the template (test/lib/stacks)",
  "AWS::CloudFront::ResponseHeadersPolicy": "pages are opened in a browser under the same headers",
  "AWS::CloudTrail::Trail": "read in the template (test/lib/stacks)",
  "AWS::CloudWatch::Alarm": "read in the template (test/lib/stacks)",
  "AWS::Cognito::UserPool": "nothing; log-in is played against a provider of the tests (test/functions/login)",
  "AWS::Cognito::UserPoolClient": "as the pool",
  "AWS::Cognito::UserPoolDomain": "as the pool",
  "AWS::Cognito::UserPoolGroup": "as the pool",
  "AWS::Lambda::Alias": "its version stands for it",
  "AWS::Logs::MetricFilter": "read in the template (test/lib/stacks)",
  "AWS::S3::BucketPolicy": "read in the template (test/lib/stacks)",
  "AWS::SNS::TopicPolicy": "read in the template (test/lib/stacks)",
  "AWS::SQS::QueuePolicy": "read in the template (test/lib/stacks)",
  "AWS::SecretsManager::Secret": "read in the template (test/lib/stacks)",
  "AWS::WAFv2::LoggingConfiguration": "read in the template (test/lib/stacks)",
  "AWS::WAFv2::WebACL": "read in the template (test/lib/stacks)",
  "AWS::WAFv2::WebACLAssociation": "read in the template (test/lib/stacks)",
};

/** What the table says otherwise than the templates, a sentence each; `found` are the types that the emulator does not make. */
export const leftOutFaults = (found: Iterable<string>): string[] => {
  const types = new Set(found);
  return [
    ...[...types]
      .filter((type) => !Object.hasOwn(LEFT_OUT, type))
      .map((type) => `${type}: the emulator does not make it; expected it in rehearsal/left-out.ts`),
    ...Object.keys(LEFT_OUT)
      .filter((type) => !types.has(type))
      .map((type) => `${type}: made now, or in no template; expected it to go from rehearsal/left-out.ts`),
  ];
};
