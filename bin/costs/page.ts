import { parseStage } from "../../lib/stacks/stage.ts";
import { LARGEST_ARRAY } from "../../lib/workflow/jobs.ts";
import { table } from "../markdown.ts";
import {
  ENSEMBLE,
  INSTANCES,
  idle,
  MEASURED,
  scaleOf,
  thousandPredictions,
  training,
  WATCHED,
  warmMonth,
  watching,
} from "./bills.ts";
import { CHECKED, LIST_PRICES, PRICED, type Prices } from "./prices.ts";

const dollars = (value: number): string => {
  if (value > 0 && value < 0.01) return "under 0.01";
  return value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(2);
};
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Memory of the API's function unless a stage says otherwise, and seconds of a call, which no account has measured. */
const API_MEMORY_MIB = parseStage({ name: "costs" }).api.memoryMiB;
const CALL_SECONDS = [0.2, 0.5, 1] as const;

/** Films of CheXpert, and a round number beyond it. */
const SIZES = [223_648, 1_000_000] as const;

/** Images a second of one GPU that are tried; none was measured. */
const RATES = [50, 100, 200] as const;

const WHENCE = `Made by \`npm run costs\` in US dollars, from list prices of us-east-1 (\`bin/costs/prices.ts\`), written down in ${PRICED} and
held against ${CHECKED}.
Nothing of it is a bill, free tiers and taxes are left out. Check with [AWS's calculator](https://calculator.aws). For prices of your
own, as of Spot or another region, \`npm run costs -- FILE\` prints this page; in the file stand those that differ, such as
\`{ "gpuInstanceHour": 0.4 }\`.`;

/** docs/costs.md, or the same for prices of one's own. */
export function costsPage(prices: Prices = LIST_PRICES, whence = WHENCE): string {
  const watched = watching(prices);
  const scales = SIZES.map((films) => scaleOf(prices, films));
  const perSize = (name: string, of: (scale: ReturnType<typeof scaleOf>) => string): string[] => [
    name,
    ...scales.map(of),
  ];
  return `# What it costs, and what scale takes

${whence}

## While nothing runs

${table(
  ["network", "a month"],
  Object.entries(idle(prices)).map(([network, value]) => [`\`${network}\``, dollars(value)]),
)}

Besides, whatever the network:

${table(
  ["what", "a month"],
  [
    ["the key", dollars(watched.key)],
    [
      `the firewall and its ${WATCHED.firewallRules} rules (\`api.firewall\`); one rule more with the page`,
      dollars(watched.firewall),
    ],
    [`${WATCHED.alarms} alarms, billed by the ${WATCHED.alarmMetrics} metrics they look at`, dollars(watched.alarms)],
    [
      `${WATCHED.driftAlarms} alarms of drift, one an observation, over ${WATCHED.metricsOfDrift} metrics each`,
      dollars(watched.driftAlarms),
    ],
    [
      `${WATCHED.customMetrics} metrics of our own, where all are counted all month; by the hour in which they are`,
      dollars(watched.customMetrics),
    ],
    ["the dashboard", dollars(watched.dashboard)],
    [
      "an environment of the API that is kept warm (`api.provisioned`), each",
      dollars(warmMonth(prices, API_MEMORY_MIB)),
    ],
    ["the secret before the page (`api.access: cognito`)", dollars(prices.secretMonth)],
    ["somebody who logs in (`api.access: cognito`), each", dollars(prices.personMonth)],
  ],
)}

## By use

${table(
  ["what", "dollars"],
  [
    ["logs that are written, a GB", String(prices.logGB)],
    ["logs that are kept, a GB and month", String(prices.logStoredGBMonth)],
    ["objects that arrive in `incoming`, a million, each an event", String(prices.eventsMillion)],
    ["calls that the firewall looks at, a million", String(prices.firewallMillionCalls)],
    [
      'reads and writes of objects that are recorded, a million (`audit: "own"`; with the account\'s trail it pays)',
      String(prices.recordedMillion),
    ],
    ["steps of the state machine, a thousand", String(prices.stateTransitionsThousand)],
  ],
)}

## 1,000 predictions

By the time that a call takes, at ${whole(API_MEMORY_MIB)} MiB; Lambda and API Gateway, without maps.

${table(
  ["seconds a call", "1,000 calls"],
  CALL_SECONDS.map((seconds) => [String(seconds), dollars(thousandPredictions(prices, API_MEMORY_MIB, seconds))]),
)}

## A run, by the number of films

The preset \`densenet121-ensemble\`: ${ENSEMBLE.size} x ${ENSEMBLE.size} pixels, ${ENSEMBLE.members} members of ${ENSEMBLE.epochs} epochs, ${ENSEMBLE.rowsPerPart} rows a shard. Preparation at the ${whole(MEASURED.filmsPerCoreSecond * 2)} films/s
measured on 2 cores for films of 390 x 320; larger films are slower. What fetching from S3 and starting instances adds was not measured.

${table(
  ["", ...SIZES.map((films) => `${whole(films)} films`)],
  [
    perSize(`shards, and members of the array (at most ${whole(LARGEST_ARRAY)})`, ({ shards }) => whole(shards)),
    perSize("pixels", ({ pixelsGB }) => `${whole(pixelsGB)} GB`),
    perSize("kept a month", ({ pixelsMonth }) => dollars(pixelsMonth)),
    perSize("prepare, one member", ({ prepareMemberMinutes }) => `${(prepareMemberMinutes * 60).toFixed(1)} s`),
    perSize("prepare, all", ({ prepare }) => dollars(prepare)),
    perSize("images trained on, all members", ({ trainedImages }) => `${(trainedImages / 1e6).toFixed(1)} M`),
    ...RATES.map((rate) =>
      perSize(`train on ${INSTANCES.gpu} at ${rate} images/s`, ({ trainedImages }) => {
        const { hours, dollars: price } = training(prices, trainedImages, rate);
        return `${whole(hours)} h, ${dollars(price)}`;
      }),
    ),
  ],
)}

The GPU's rate is not known here: the rows are assumptions. \`npm run bench -- train\` gives yours; hours are films x share
trained on x epochs x members / rate / 3,600, and members train side by side as far as \`gpu.maxVcpus\` lets them. On 2 cores of a
CPU the step of ${MEASURED.stepSize} x ${MEASURED.stepSize} pixels runs at ${MEASURED.cpuImagesPerSecond} images/s, and ${ENSEMBLE.size} x ${ENSEMBLE.size} has ${((ENSEMBLE.size / MEASURED.stepSize) ** 2).toFixed(1)} times the pixels.
`;
}
