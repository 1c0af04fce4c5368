import { join } from "node:path";
import { python } from "../../test/python.ts";
import { type Pass, SIZE } from "./preparing.ts";

const SCRIPT = `
import json, os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
given = json.load(sys.stdin)
films = keras.utils.image_dataset_from_directory(
    given["directory"], labels=None, color_mode="grayscale", batch_size=32, shuffle=False, verbose=False,
    image_size=(${SIZE}, ${SIZE}), interpolation="bilinear")
for batch in films.take(32):
    pass
count, started, before = 0, time.perf_counter(), time.process_time()
for batch in films:
    count += batch.shape[0]
    if count >= given["films"]:
        break
seconds, processor = time.perf_counter() - started, time.process_time() - before
print(json.dumps({"films": count / seconds, "processor": 1000 * processor / count}))
`;

/** A pass over the same files by Keras, its own start and import left out. */
export const kerasPass = (folder: string, films: number): Promise<Pass> =>
  python<Pass>(SCRIPT, { directory: join(folder, "films"), films }, "slow/requirements.txt");
