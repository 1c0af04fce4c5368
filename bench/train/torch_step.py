"""PyTorch, channels_last: the task's network built layer by layer from the description that we train from."""

import json
import os
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

task = json.load(sys.stdin)
size, batch, count, transfer = task["size"], task["batch"], task["count"], task["work"] == "transfer"
torch.set_num_threads(os.cpu_count())


class Network(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        self.parts = nn.ModuleDict()
        channels = {}
        for layer in layers:
            settings, name, out = layer["settings"], layer["name"], layer["channels"]
            into = channels.get(layer["inputs"][0]) if layer["inputs"] else None
            channels[name] = out
            if layer["kind"] == "conv":
                pad = settings["size"] // 2 if settings["padding"] == "same" else 0
                self.parts[name] = nn.Conv2d(into, out, settings["size"], settings["stride"], pad, bias=settings["bias"])
            elif layer["kind"] == "batchNorm":
                self.parts[name] = nn.BatchNorm2d(out, settings["epsilon"], 1 - settings["momentum"])
            elif layer["kind"] == "dense":
                self.parts[name] = nn.Linear(into, out)

    def forward(self, image):
        values = {}
        for layer in self.layers:
            settings, kind = layer["settings"], layer["kind"]
            inputs = [values[name] for name in layer["inputs"]]
            if kind == "input":
                y = image
            elif layer["name"] in self.parts:
                y = self.parts[layer["name"]](inputs[0])
            elif kind == "zeroPad":
                y = F.pad(inputs[0], [*settings["columns"], *settings["rows"]])
            elif kind == "relu":
                y = F.relu(inputs[0])
            elif kind == "maxPool":
                y = F.max_pool2d(inputs[0], settings["size"], settings["stride"])
            elif kind == "averagePool":
                y = F.avg_pool2d(inputs[0], settings["size"], settings["stride"])
            elif kind == "concat":
                y = torch.cat(inputs, 1)
            elif kind == "add":
                y = inputs[0] + inputs[1]
            elif kind == "globalAveragePool":
                y = inputs[0].mean((2, 3))
            else:
                raise ValueError(kind)
            values[layer["name"]] = y
        return y


model = Network(task["layers"]).to(memory_format=torch.channels_last).train()
films = count if transfer else batch
pixels = torch.randint(0, 256, (films, 1, size, size), dtype=torch.uint8)
targets = (torch.rand(films, 14) < 0.3).float()
head = {"head_dense", "logits"}
if transfer:
    for name, part in model.parts.items():
        if name not in head:
            part.requires_grad_(False).eval()
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], 1e-4, fused=True)
loss = nn.BCEWithLogitsLoss()


def train_on(rows):
    image = (pixels[rows].float() / 127.5 - 1).expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=task["precision"] == "bfloat16"):
        logits = model(image)
    loss(logits.float(), targets[rows]).backward()
    optimizer.step()


def step():
    train_on(slice(None))


def epochs():
    for _ in range(3):
        for rows in torch.randperm(films).split(batch):
            train_on(rows)


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
    "version": f"PyTorch {torch.__version__}, channels_last",
}))
