import { expect, test } from "vitest";
import { boxesByPosition } from "../../../lib/evaluation/run-inputs.ts";

test("boxes that were drawn on films of another size are brought to each film's own", () => {
  const rows = {
    row: Uint32Array.of(7, 3),
    filmWidth: Uint32Array.of(512, 2048),
    filmHeight: Uint32Array.of(512, 1024),
  };
  const box = { observation: "Pneumonia", x: 100, y: 200, width: 300, height: 400 } as const;
  const of = { width: 1024, height: 1024 };
  const found = boxesByPosition(rows, [
    { row: 3, ...box, of },
    { row: 7, ...box, of },
    { row: 7, ...box },
    { row: 5, ...box },
  ]);
  expect([...found]).toEqual([
    [1, [{ row: 3, observation: "Pneumonia", x: 200, y: 200, width: 600, height: 400 }]],
    [
      0,
      [
        { row: 7, observation: "Pneumonia", x: 50, y: 100, width: 150, height: 200 },
        { row: 7, ...box },
      ],
    ],
  ]);
});
