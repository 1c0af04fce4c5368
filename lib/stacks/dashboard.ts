import { Duration } from "aws-cdk-lib";
import type { SpecRestApi } from "aws-cdk-lib/aws-apigateway";
import { Dashboard, GraphWidget, type IMetric, MathExpression, TextWidget } from "aws-cdk-lib/aws-cloudwatch";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { positiveMetric, prevalenceMetric } from "../contracts/metrics.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import type { ApiFunction } from "./api-function.ts";
import { stageMetrics } from "./metrics.ts";
import type { Stage } from "./stage.ts";

export interface Watched {
  readonly stage: Stage;
  readonly stateMachine: StateMachine;
  readonly rest: SpecRestApi;
  readonly api: ApiFunction;
}

const WIDTH = 8;
const DAY = Duration.days(1);

/** What the people on call look at: the service, the model, the training. */
export function dashboard(scope: Construct, { stage, stateMachine, rest, api }: Watched): Dashboard {
  const { of, named } = stageMetrics(stage.name);
  const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
    new GraphWidget({ title, left, right, width: WIDTH, liveData: false });
  const heading = (text: string) => new TextWidget({ markdown: `## ${text}`, width: 3 * WIDTH, height: 1 });
  const percentiles = ["p50", "p95", "p99"].map((statistic) =>
    rest.metricLatency({ statistic, label: statistic, period: Duration.minutes(5) }),
  );
  const board = new Dashboard(scope, "Dashboard", { dashboardName: `hilum-${stage.name}` });
  board.addWidgets(heading(`Hilum ${stage.name}: the service. Not for clinical use.`));
  board.addWidgets(
    graph("Requests and errors", [rest.metricCount()], [rest.metricClientError(), rest.metricServerError()]),
    graph("Time to answer, ms", percentiles),
    graph(
      "Cold starts, calls at a time",
      [of("coldStarts", { statistic: "Sum" })],
      [api.made.metric("ConcurrentExecutions", { statistic: "Maximum" }), api.made.metricThrottles()],
    ),
  );
  board.addWidgets(
    graph("Films answered and refused", [
      of("predictions", { statistic: "Sum" }),
      of("refusedFilms", { statistic: "Sum" }),
    ]),
    graph("Share of films unlike the training films", [of("strangeFilms", { statistic: "Average", period: DAY })]),
    graph("Versions that did not load", [of("modelFallbacks", { statistic: "Sum" })]),
  );
  board.addWidgets(
    heading("The model: share of positive answers beside the share among its training patients, by day"),
  );
  board.addWidgets(
    ...OBSERVATIONS.map((name) =>
      graph(name, [
        named(positiveMetric(name), { statistic: "Average", label: "answers", period: DAY }),
        named(prevalenceMetric(name), { statistic: "Average", label: "training", period: DAY }),
      ]),
    ),
  );
  board.addWidgets(heading("Training"));
  board.addWidgets(
    graph("Runs", [
      stateMachine.metricStarted(),
      stateMachine.metricSucceeded(),
      stateMachine.metricFailed(),
      of("refusedArrivals", { statistic: "Sum" }),
    ]),
    graph("Wait for a machine, minutes", [
      new MathExpression({
        expression: "wait / 60000",
        usingMetrics: { wait: of("queueTime", { statistic: "Maximum" }) },
        label: "longest",
      }),
    ]),
    graph(
      "Images a second, loss",
      [of("trainingRate", { statistic: "Average" })],
      [of("trainingLoss", { statistic: "Average" })],
    ),
  );
  return board;
}
