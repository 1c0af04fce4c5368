import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { positiveMetric, prevalenceMetric } from "../contracts/metrics.ts";
import { OBSERVATIONS, type Observation } from "../domain/observations.ts";
import type { Watched } from "./dashboard.ts";
import { stageMetrics } from "./metrics.ts";

interface Watch {
  /** What has happened and what to look at, for who is woken. */
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Periods in a row; one if left out. */
  readonly periods?: number;
}

const FIVE_MINUTES = Duration.minutes(5);
const DAY = Duration.days(1);

/** Answers in a day below which their share of positives says nothing. */
const ENOUGH_ANSWERS = 100;

/** How far a day's positives are from the training prevalence, either way, as a factor; 1 where there are few answers. */
function drift(stage: string, name: Observation): MathExpression {
  const { of, named } = stageMetrics(stage);
  return new MathExpression({
    expression: `IF(answers > ${ENOUGH_ANSWERS}, MAX([(seen + 0.01) / (known + 0.01), (known + 0.01) / (seen + 0.01)]), 1)`,
    usingMetrics: {
      answers: of("predictions", { statistic: "Sum", period: DAY }),
      seen: named(positiveMetric(name), { statistic: "Average", period: DAY }),
      known: named(prevalenceMetric(name), { statistic: "Average", period: DAY }),
    },
    label: name,
    period: DAY,
  });
}

/** Share of calls that end in a fault; before a first model, calls that one would have answered are none. */
function faultShare({ stage, rest }: Watched): MathExpression {
  const { of } = stageMetrics(stage.name);
  const sum = { statistic: "Sum", period: FIVE_MINUTES } as const;
  return new MathExpression({
    expression: "(faults - FILL(waiting, 0)) / calls",
    usingMetrics: {
      faults: rest.metricServerError(sum),
      waiting: of("beforeFirstModel", sum),
      calls: rest.metricCount(sum),
    },
    label: "Faults",
    period: FIVE_MINUTES,
  });
}

/** Every alarm, by its name; each is told of at the topic when it rings and when it is over. */
export function alarms(
  scope: Construct,
  { undelivered, topic, ...watched }: Watched & { undelivered: Queue; topic: ITopic },
): void {
  const { stage, stateMachine, rest, api } = watched;
  const { of } = stageMetrics(stage.name);
  const limits = stage.alarms;
  const watches: Readonly<Record<string, Watch>> = {
    Faults: {
      says: "Calls end in a fault of the service; its log has each under its request id",
      metric: faultShare(watched),
      threshold: limits.faultShare,
      periods: 2,
    },
    Slow: {
      says: "Answers take long; see cold starts and memory",
      metric: rest.metricLatency({ statistic: "p95", period: FIVE_MINUTES }),
      threshold: limits.p95Milliseconds,
      periods: 3,
    },
    Throttled: {
      says: "Calls find no environment free; raise api.concurrency or the account's limit",
      metric: api.made.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 1,
    },
    ModelFallback: {
      says: "The promoted model does not load, the one before it answers where there is one; bin/hilum models verify, then rollback",
      metric: of("modelFallbacks", { statistic: "Sum", period: FIVE_MINUTES }),
      threshold: 1,
    },
    RunFailed: {
      says: `A run failed; bin/hilum status --stage ${stage.name} RUN says why. Mend it, then redrive its execution`,
      metric: stateMachine.metricFailed({ period: FIVE_MINUTES }),
      threshold: 1,
    },
    RunTimedOut: {
      says: "A run took longer than it may",
      metric: stateMachine.metricTimedOut({ period: FIVE_MINUTES }),
      threshold: 1,
    },
    ArrivalRefused: {
      says: "A data set that arrived can't be read; the log of on-data says what is wrong in which file",
      metric: of("refusedArrivals", { statistic: "Sum", period: FIVE_MINUTES }),
      threshold: 1,
    },
    EventsUndelivered: {
      says: "Events could not be delivered and wait in the queue; the next sweep takes up what they told of",
      metric: undelivered.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
      threshold: 1,
    },
    LongQueue: {
      says: "A job waited long for a machine: bin/hilum doctor --aws looks at quota and capacity",
      metric: of("queueTime", { statistic: "Maximum", period: FIVE_MINUTES }),
      threshold: limits.queueMinutes * 60_000,
    },
    QueueBlocked: {
      says:
        `A job finds no machine; the log /hilum/${stage.name}/watch says why, and bin/hilum doctor --aws --stage ${stage.name} how to ` +
        `mend it. Where nothing else runs it ends after ${stage.queueHours} hours`,
      metric: of("blockedQueues", { statistic: "Sum", period: FIVE_MINUTES }),
      threshold: 1,
    },
    ...Object.fromEntries(
      OBSERVATIONS.map((name) => [
        `Drift ${name}`,
        {
          says: `The share of positive answers for ${name} is far from the training prevalence: other films, or another population`,
          metric: drift(stage.name, name),
          threshold: limits.prevalenceFactor,
        },
      ]),
    ),
  };
  const action = new SnsAction(topic);
  for (const [name, { says, metric, threshold, periods = 1 }] of Object.entries(watches)) {
    const alarm = new Alarm(scope, name.replaceAll(" ", ""), {
      alarmName: `hilum-${stage.name} ${name}`,
      alarmDescription: `${says}.`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
