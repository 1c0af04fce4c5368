"""Keras 3 on TensorFlow: its own network, compiled, fed as our task says."""

import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

task = json.load(sys.stdin)
size, batch, count, transfer = task["size"], task["batch"], task["count"], task["work"] == "transfer"
if task["precision"] == "bfloat16":
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
build = {"densenet121": "DenseNet121", "vgg16": "VGG16", "resnet50": "ResNet50"}[task["network"]]
body = getattr(keras.applications, build)(include_top=False, weights=None, input_shape=(size, size, 3))
body.trainable = not transfer
pooled = keras.layers.GlobalAveragePooling2D()(body(body.input) if transfer else body.output)
hidden = keras.layers.Dense(1024, activation="relu", dtype="float32")(pooled)
model = keras.Model(body.input, keras.layers.Dense(14, activation="sigmoid", dtype="float32")(hidden))
model.compile(keras.optimizers.Adam(1e-4), "binary_crossentropy")

draw = np.random.default_rng(1)
films = count if transfer else batch
pixels = draw.integers(0, 256, (films, size, size, 1), dtype=np.uint8)
targets = (draw.random((films, 14)) < 0.3).astype(np.float32)
prepare = lambda x: tf.repeat(tf.cast(x, tf.float32) / 127.5 - 1, 3, axis=-1)


def step():
    model.train_on_batch(prepare(pixels), targets)


def epochs():
    data = tf.data.Dataset.from_tensor_slices((pixels, targets)).shuffle(films).batch(batch)
    model.fit(data.map(lambda x, y: (prepare(x), y)).prefetch(2), epochs=3, verbose=0)


work, times, warm_up = (epochs, 1, 0) if transfer else (step, count, 2)
for _ in range(warm_up):
    work()
seconds = []
before = time.process_time()
for _ in range(times):
    start = time.perf_counter()
    work()
    seconds.append(time.perf_counter() - start)
print(json.dumps({
    "seconds": seconds,
    "processorSeconds": time.process_time() - before,
    "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}",
}))
