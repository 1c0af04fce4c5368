import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { recordOf } from "../../lib/domain/record-of.ts";
import { noServer, startS3Server } from "../../test/versitygw.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import { faultyProxy, S3_FAULTS } from "../faulty/s3-proxy.ts";
import { hilum } from "../processes.ts";
import { differences, tornObjects } from "../whole.ts";
import { calmRun } from "../workshop.ts";

const TEMPORARY = 75;
// The SDK's warning about releases to come says nothing about a drill.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Of requests that meet a fault. */
const SHARE = 0.08;
/** Starts of one run; each goes on where the last stopped. */
const STARTS = 12;

/** A run whose store is behind a line that fails, lies and falls silent: it completes, or stops with 75 and goes on. */
export const s3Faults: Drill = {
  rounds: 1,
  async run(options) {
    if (noServer !== undefined) return { failures: [], figure: "", lacks: noServer };
    const calm = await calmRun();
    const server = await startS3Server();
    const total = recordOf(S3_FAULTS, () => 0);
    let stops = 0;
    try {
      const failures = await playRounds(options, async (_, next) => {
        const bucket = `drill-${randomBytes(4).toString("hex")}`;
        const store = `${await server.bucket(bucket)}/store`;
        const proxy = await faultyProxy(server.environment.AWS_ENDPOINT_URL_S3!, {
          share: SHARE,
          faults: S3_FAULTS,
          next,
        });
        const environment = { ...server.environment, AWS_ENDPOINT_URL_S3: proxy.url };
        try {
          for (let attempt = 1; ; attempt += 1) {
            const { ended, output } = hilum(calm.arguments(store), environment);
            const { code } = await ended;
            const found = join(server.folder, bucket, "store");
            const torn = [...(await tornObjects(found)), ...(await differences(calm.store, found, code === 0))];
            must(torn.length === 0, torn.join("; "));
            if (code === 0) break;
            must(code === TEMPORARY, `ended with ${code}: ${output.text}`);
            must(attempt < STARTS, `not at its end after ${STARTS} starts: ${output.text}`);
            stops += 1;
          }
        } finally {
          await proxy.close();
          for (const fault of S3_FAULTS) total[fault] += proxy.done[fault];
        }
      });
      const met = Object.entries(total).map(([fault, times]) => `${times} ${fault}`);
      return { failures, figure: `${stops} stops with ${TEMPORARY} over ${met.join(", ")}; nothing damaged was kept` };
    } finally {
      await server.stop();
    }
  },
};
