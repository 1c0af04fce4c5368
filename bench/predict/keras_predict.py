"""Keras: the task's network with the task's weights, called through tf.function."""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

WARM_UP = 5
task = json.load(sys.stdin)
size, count, folder = task["size"], task["count"], task["folder"]
build = {"densenet121": "DenseNet121", "vgg16": "VGG16", "resnet50": "ResNet50"}[task["model"]["network"]]
body = getattr(keras.applications, build)(include_top=False, weights=None, input_shape=(size, size, 3))
pooled = keras.layers.GlobalAveragePooling2D()(body.output)
hidden = keras.layers.Dense(1024, activation="relu", name="head_dense")(pooled)
model = keras.Model(body.input, keras.layers.Dense(14, activation="sigmoid", name="logits")(hidden))

values = np.fromfile(f"{folder}/weights.bin", "<f4")
given = {w["name"]: values[w["offset"] : w["offset"] + int(np.prod(w["shape"]))].reshape(w["shape"]) for w in task["weights"]}
for layer in model.layers:
    for variable in layer.weights:
        variable.assign(given[f"{layer.name}/{variable.name}"])

pixels = np.fromfile(f"{folder}/pixels.bin", np.uint8).reshape(-1, size, size, 1)
films = tf.constant(np.repeat(pixels.astype(np.float32) / 127.5 - 1, 3, axis=-1))
predict = tf.function(lambda x: model(x, training=False))


def timed(times, x):
    seconds = []
    for i in range(-WARM_UP, times):
        start = time.perf_counter()
        predict(x).numpy()
        if i >= 0:
            seconds.append(time.perf_counter() - start)
    return seconds


flag = "on" if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "1" else "off"
print(json.dumps({
    "one": timed(count, films[:1]),
    "many": timed(-(-count // 3), films),
    "probabilities": predict(films).numpy().ravel().tolist(),
    "version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}, oneDNN {flag}",
}))
