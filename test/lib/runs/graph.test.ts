import { expect, test } from "vitest";
import { edgesOf, placesOf } from "../../../lib/runs/graph.ts";
import { DEFINITION } from "../../../lib/workflow/definition.ts";
import { oneStep } from "../../../lib/workflow/one-step.ts";

test.each([
  ["the whole", DEFINITION],
  ["one step", oneStep("train")],
])("%s definition: every state has a place of its own, below all that lead to it", (_, definition) => {
  const places = placesOf(definition);
  expect(places.map(({ state }) => state).sort()).toEqual(Object.keys(definition.States).sort());
  expect(new Set(places.map(({ row, column }) => `${row}/${column}`)).size).toBe(places.length);
  const rowOf = (name: string) => places.find(({ state }) => state === name)!.row;
  for (const { from, to } of edgesOf(definition)) expect(rowOf(to), `${from} to ${to}`).toBeGreaterThan(rowOf(from));
});

test("ways of a Choice stand beside each other", () => {
  const places = new Map(placesOf(DEFINITION).map((place) => [place.state, place]));
  expect(places.get("train")!.row).toBe(places.get("train-array")!.row);
});

test("ways that a Choice may take are told apart from what follows", () => {
  const edges = edgesOf(DEFINITION);
  expect(edges).toContainEqual({ from: "gate", to: "choose-promotion", kind: "next" });
  expect(edges).toContainEqual({ from: "choose-promotion", to: "keep", kind: "choice" });
});
