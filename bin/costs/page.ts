import { LARGEST_ARRAY } from "../../lib/workflow/jobs.ts";
import { table } from "../markdown.ts";
import { IDLE, MEASURED, RECOMMENDED, scaleOf, thousandPredictions, training, warmMonth } from "./bills.ts";
import { PRICED, PRICES } from "./prices.ts";

const dollars = (value: number): string => {
  if (value > 0 && value < 0.01) return "under 0.01";
  return value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(2);
};
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Memory of the API's function unless a stage says otherwise, and seconds of a call, which no account has measured. */
const API_MEMORY_MIB = 3538;
const CALL_SECONDS = [0.2, 0.5, 1] as const;

/** Films of CheXpert, and a round number beyond it. */
const SIZES = [223_648, 1_000_000] as const;

/** Images a second of one GPU that are tried; none was measured. */
const RATES = [50, 100, 200] as const;
const INSTANCE = "g5.xlarge";

const scales = SIZES.map(scaleOf);
const perSize = (name: string, of: (scale: ReturnType<typeof scaleOf>) => string): string[] => [
  name,
  ...scales.map(of),
];

/** docs/costs.md */
export const costsPage = (): string => `# What it costs, and what scale takes

Made by \`npm run costs\` from list prices of us-east-1 in ${PRICED} (\`bin/costs/prices.ts\`), in US dollars. Nothing of it
is a bill: no account was at hand. Check with [AWS's calculator](https://calculator.aws).

## While nothing runs

${table(
  ["network", "a month"],
  Object.entries(IDLE).map(([network, value]) => [`\`${network}\``, dollars(value)]),
)}

Besides: the key ${dollars(PRICES.keyMonth)}, the firewall ${dollars(PRICES.firewallMonth)} and ${dollars(PRICES.firewallRuleMonth)} for each of its rules, each alarm ${dollars(PRICES.alarmMonth)}, and ${dollars(warmMonth(API_MEMORY_MIB))} for
each environment of the API that is kept warm (\`api.provisioned\`).

## 1,000 predictions

By the time that a call takes, at ${whole(API_MEMORY_MIB)} MiB; Lambda and API Gateway, without maps.

${table(
  ["seconds a call", "1,000 calls"],
  CALL_SECONDS.map((seconds) => [String(seconds), dollars(thousandPredictions(API_MEMORY_MIB, seconds))]),
)}

## A run, by the number of films

The preset \`recommended\`: ${RECOMMENDED.size} x ${RECOMMENDED.size} pixels, ${RECOMMENDED.members} members of ${RECOMMENDED.epochs} epochs, ${RECOMMENDED.rowsPerPart} rows a shard. Preparation at the ${whole(MEASURED.filmsPerCoreSecond * 2)} films/s
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
      perSize(`train on ${INSTANCE} at ${rate} images/s`, ({ trainedImages }) => {
        const { hours, dollars: price } = training(trainedImages, rate, INSTANCE);
        return `${whole(hours)} h, ${dollars(price)}`;
      }),
    ),
  ],
)}

The GPU's rate is not known here: the rows are assumptions. \`npm run bench -- train\` gives yours; hours are films x share
trained on x epochs x members / rate / 3,600, and members train side by side as far as \`gpu.maxVcpus\` lets them. On 2 cores of a
CPU the step of ${MEASURED.stepSize} x ${MEASURED.stepSize} pixels runs at ${MEASURED.cpuImagesPerSecond} images/s, and ${RECOMMENDED.size} x ${RECOMMENDED.size} has ${((RECOMMENDED.size / MEASURED.stepSize) ** 2).toFixed(1)} times the pixels.
`;
