import { beforeAll, expect, test } from "vitest";
import { type Delivery, deliveries, deliveriesPage, type KeyStatement } from "./deliveries.ts";
import { type Statement, statementsByRole } from "./roles.ts";
import { stageTemplates } from "./stage-templates.ts";

let templates: Awaited<ReturnType<typeof stageTemplates>>;
let all: readonly Delivery[];
beforeAll(async () => {
  templates = await stageTemplates();
  all = deliveries(templates);
});

// `npx vitest run test/lib/stacks/deliveries.test.ts --update` writes it anew.
test("docs/deliveries.md has every rule, handler, alarm and budget", async () => {
  expect(all.length).toBeGreaterThan(10);
  await expect(deliveriesPage(all)).toMatchFileSnapshot("../../../docs/deliveries.md");
});

test("whoever sends to what is encrypted may use the key, and nobody may for another account", () => {
  for (const { what, keyRights } of all) {
    expect(keyRights, what).toEqual(expect.arrayContaining(["kms:Decrypt", "kms:GenerateDataKey"]));
  }
  const statements = templates.data.one("AWS::KMS::Key").Properties.KeyPolicy.Statement as KeyStatement[];
  const services = statements.filter(({ Principal }) =>
    [Principal.Service].flat().some((name) => /^(events|cloudwatch|budgets)\./.test(name ?? "")),
  );
  expect(services).not.toEqual([]);
  for (const { Condition } of services) {
    expect(Condition).toEqual({ StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } });
  }
});

test("no event is lost: each target has a queue for what it does not take, and each handler for what it can't handle", () => {
  const { training } = templates;
  expect(all.filter(({ sender }) => sender === "events").map(({ deadLetters }) => deadLetters)).toEqual(
    training.all("AWS::Events::Rule").map(() => "Undelivered"),
  );
  const targets = new Set(all.flatMap(({ sender, to }) => (sender === "events" ? [to] : [])));
  const handlers = all.flatMap(({ sender }) =>
    sender.startsWith("role of ") ? [sender.slice("role of ".length)] : [],
  );
  expect(new Set(handlers)).toEqual(targets);
});

test("the queue takes from each rule and each handler", () => {
  const { training } = templates;
  const policies = training.all("AWS::SQS::QueuePolicy");
  const allowed = JSON.stringify(policies.map(({ Properties }) => Properties.PolicyDocument.Statement));
  for (const { id } of training.all("AWS::Events::Rule")) expect(allowed).toContain(`"${id}"`);
  const roles = statementsByRole(JSON.stringify(training.template));
  const sends = ({ Action }: Statement) => [Action].flat().includes("sqs:SendMessage");
  for (const { id, Properties } of training.all("AWS::Lambda::Function")) {
    if (Properties.DeadLetterConfig === undefined) continue;
    expect(roles.get(Properties.Role["Fn::GetAtt"][0])!.some(sends), id).toBe(true);
  }
});
