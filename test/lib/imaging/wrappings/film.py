"""The film that is wrapped: two dark lungs, bright middle, not symmetric."""

import numpy as np

# v is 0 to 1 and reaches both.
W, H = 320, 384
draw = np.random.default_rng(5)
y, x = np.mgrid[0:H, 0:W]
across, down = abs((x + 0.5) / W - 0.5), (y + 0.5) / H
lungs = np.exp(-((((across - 0.21) / 0.12) ** 2 + ((down - 0.42) / 0.28) ** 2) ** 2))
v = 0.75 - 0.5 * lungs - 0.4 * ((across > 0.3) & (down < 0.15)) + 0.08 * x / W + 0.012 * draw.standard_normal((H, W))
v = np.clip(v, 0, 1)
v[0, 0], v[0, 1] = 1, 0
f12 = np.round(v * 4095).astype(np.uint16)
f8 = np.round(f12 / 4095 * 255).astype(np.uint8)
f16 = np.round(f12 / 4095 * 65535).astype(np.uint16)
s12 = f12.astype(np.int32) - 2048
rgb8, rgb16 = np.stack([f8] * 3, -1), np.stack([f16] * 3, -1)
alpha = (x * 7 % 256).astype(np.uint8)
rgba8 = np.dstack([rgb8, alpha])
BITS = {8: f8, 10: np.round(v * 1023).astype(np.uint16), 12: f12, 14: np.round(v * 16383).astype(np.uint16), 16: f16}


class Wrappings:
    """Files in a folder, each with what the door is to make of it."""

    def __init__(self, folder):
        self.folder, self.files = folder, []

    def put(self, name, data, expected):
        with open(f"{self.folder}/{name}", "wb") as file:
            file.write(bytes(data))
        self.files.append((name, expected))
