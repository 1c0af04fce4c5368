import { ListSubscriptionsByTopicCommand, SNSClient, type Subscription } from "@aws-sdk/client-sns";
import { bad, doubtful, good } from "../../contracts/finding.ts";
import { ask } from "../ask.ts";
import type { Check } from "./looked.ts";

/** SNS's word in place of the name of a subscription whose mail nobody has answered. */
const PENDING = "PendingConfirmation";

/** Whether alarms reach somebody: a subscription counts once the person has confirmed it. */
export const subscriptionsCheck: Check = async ({ stacks, region }) => {
  const TopicArn = stacks.monitoring!.outputs.Alarms;
  const subscriptions: Subscription[] = [];
  await ask("subscriptions", async () => {
    let NextToken: string | undefined;
    do {
      const page = await new SNSClient().send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
      subscriptions.push(...(page.Subscriptions ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  });
  const pending = subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === PENDING);
  const confirmed = subscriptions.length - pending.length;
  const subscribe = `aws sns subscribe --region ${region} --topic-arn ${TopicArn} --protocol email --notification-endpoint`;
  if (pending.length > 0) {
    const found = `${confirmed} confirmed, ${pending.length} not: their mail from AWS waits for an answer`;
    const again = pending.map(({ Endpoint }) => `${subscribe} ${Endpoint}`).join("\n");
    return confirmed > 0 ? doubtful(found, again) : bad(found, again);
  }
  if (confirmed > 0) return good(`${confirmed} confirmed`);
  return doubtful("nobody is told of alarms", `${subscribe} NAME@EXAMPLE.ORG, or alarms.email in bin/stages.ts`);
};
