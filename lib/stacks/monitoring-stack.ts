import { Stack, type StackProps } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { FilterPattern, LogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { logGroupName } from "../contracts/deployment.ts";
import { METRICS, type MetricName, metricsNamespace } from "../contracts/metrics.ts";
import { alarms } from "./alarms.ts";
import { budget } from "./budget.ts";
import { dashboard, type Watched } from "./dashboard.ts";
import { output } from "./output.ts";
import type { Stage } from "./stage.ts";

export interface MonitoringStackProps extends StackProps, Watched {
  readonly key: IKey;
  readonly undelivered: Queue;
}

/** Figures of the trainer's progress lines (lib/contracts/progress.ts) that become metrics. */
const PROGRESS_FIGURES: readonly (readonly [MetricName, string])[] = [
  ["trainingRate", "$.rate"],
  ["trainingLoss", "$.figures.loss"],
];

/** Who is told of what: dashboard, alarms, budget. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { key, undelivered, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    const { stage } = props;
    this.#countProgress(stage);
    const topic = this.#topic(stage, key);
    const board = dashboard(this, props);
    alarms(this, { ...props, undelivered, topic });
    budget(this, stage, topic);
    output(this, "monitoring", { Dashboard: board.dashboardName, Alarms: topic.topicArn });
  }

  /** The trainer writes its progress into its log; a filter makes it a metric, so that a job needs no right for it. */
  #countProgress({ name }: Stage): void {
    const logGroup = LogGroup.fromLogGroupName(this, "TrainLog", logGroupName(name, "train"));
    for (const [metric, metricValue] of PROGRESS_FIGURES) {
      new MetricFilter(this, metric, {
        logGroup,
        metricNamespace: metricsNamespace(name),
        metricName: METRICS[metric].name,
        metricValue,
        filterPattern: FilterPattern.all(
          FilterPattern.stringValue("$.event", "=", "progress"),
          FilterPattern.stringValue("$.step", "=", "train"),
        ),
      });
    }
  }

  #topic({ name, alarms: { email, monthlyBudget } }: Stage, masterKey: IKey): Topic {
    const topic = new Topic(this, "Alarms", { displayName: `Hilum ${name}`, masterKey, enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: ["cloudwatch", ...(monthlyBudget === null ? [] : ["budgets"])].map(
          (service) => new ServicePrincipal(`${service}.amazonaws.com`),
        ),
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": this.account } },
      }),
    );
    if (email !== null) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }
}
