import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Stage } from "./stage.ts";

/** Shares of the month's budget at which somebody is told: what was spent, and what it will come to. */
const NOTICES = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "FORECASTED", threshold: 100 },
] as const;

/** What a stage may cost in a month. It follows the tag `hilum:stage`, which billing must be told to count by. */
export function budget(scope: Construct, { name, alarms }: Stage, topic: ITopic): void {
  if (alarms.monthlyBudget === null) return;
  new CfnBudget(scope, "Budget", {
    budget: {
      budgetName: `hilum-${name}`,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      budgetLimit: { amount: alarms.monthlyBudget, unit: "USD" },
      costFilters: { TagKeyValue: [`user:hilum:stage$${name}`] },
    },
    notificationsWithSubscribers: NOTICES.map((notice) => ({
      notification: { ...notice, thresholdType: "PERCENTAGE", comparisonOperator: "GREATER_THAN" },
      subscribers: [{ subscriptionType: "SNS", address: topic.topicArn }],
    })),
  });
}
