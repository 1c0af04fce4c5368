/** The local server over a network of random weights: prints its URL, and ends when its standard input does. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { serveModel } from "../../functions/api/serve-model.ts";
import { ModelConfig, NetworkName } from "../../lib/contracts/run-config.ts";
import { promote } from "../../lib/registry/channels.ts";
import { openStore, roomsOf } from "../../lib/store/open.ts";
import { publishRandomModel } from "../../test/lib/inference/published-model.ts";

const [network, size] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "hilum-bench-serve-"));
try {
  const { HILUM_MODELS: models } = roomsOf(folder);
  const store = openStore(models);
  const model = ModelConfig.parse({ network: NetworkName.parse(network), channels: 3 });
  const { version } = await publishRandomModel(store, { kind: "identity" }, [], {}, { model, size: Number(size) });
  await promote(store, version);
  const served = await serveModel({ models, port: 0 });
  console.log(served.url);
  await text(process.stdin);
  await served.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
