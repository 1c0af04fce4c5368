"""Writes the task's network with the task's weights as model.onnx, channels first, as exporters do."""

import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

task = json.load(sys.stdin)
size, folder = task["size"], task["folder"]
values = np.fromfile(f"{folder}/weights.bin", "<f4")
weights = {w["name"]: values[w["offset"] : w["offset"] + int(np.prod(w["shape"]))].reshape(w["shape"]) for w in task["weights"]}
nodes, constants = [], []


def constant(name, array):
    constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    return name


def node(kind, inputs, output, **attributes):
    nodes.append(helper.make_node(kind, inputs, [output], **attributes))


def window(settings):
    pad = {"auto_pad": "SAME_UPPER"} if settings["padding"] == "same" else {}
    return dict(kernel_shape=[settings["size"]] * 2, strides=[settings["stride"]] * 2, **pad)


def layer(kind, name, inputs, settings):
    weight = lambda variable: weights[f"{name}/{variable}"]
    if kind == "zeroPad":
        (top, bottom), (left, right) = settings["rows"], settings["columns"]
        pads = constant(f"{name}/pads", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
        node("Pad", [*inputs, pads], name)
    elif kind == "conv":
        kernel = [constant(f"{name}/kernel", weight("kernel").transpose(3, 2, 0, 1))]
        bias = [constant(f"{name}/bias", weight("bias"))] if settings["bias"] else []
        node("Conv", [*inputs, *kernel, *bias], name, **window(settings))
    elif kind == "batchNorm":
        statistics = [constant(f"{name}/{v}", weight(v)) for v in ("gamma", "beta", "moving_mean", "moving_variance")]
        node("BatchNormalization", [*inputs, *statistics], name, epsilon=settings["epsilon"])
    elif kind == "dense":
        node("Gemm", [*inputs, constant(f"{name}/kernel", weight("kernel")), constant(f"{name}/bias", weight("bias"))], name)
    elif kind in ("maxPool", "averagePool"):
        node({"maxPool": "MaxPool", "averagePool": "AveragePool"}[kind], inputs, name, **window(settings))
    elif kind == "globalAveragePool":
        node("GlobalAveragePool", inputs, f"{name}/places")
        node("Flatten", [f"{name}/places"], name)
    elif kind == "concat":
        node("Concat", inputs, name, axis=1)
    else:
        node({"relu": "Relu", "add": "Add"}[kind], inputs, name)


for described in task["layers"]:
    if described["kind"] != "input":
        layer(described["kind"], described["name"], described["inputs"], described["settings"])
node("Sigmoid", ["logits"], "probabilities")
graph = helper.make_graph(
    nodes,
    task["model"]["network"],
    [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["films", 3, size, size])],
    [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["films", 14])],
    constants,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, f"{folder}/model.onnx")
