import { describe, expect, test } from "vitest";
import { Graph } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { assignAdd, assignCopy, readVariable, variable } from "../../../lib/engine/graph/variables.ts";
import { liveTensors, openGraph } from "../../../lib/engine/session.ts";

/** A graph that keeps a running total. */
function counter(): Graph {
  const graph = new Graph();
  const total = variable(graph, "total", [2]);
  const x = op.placeholder(graph, "x", "float32", [2]);
  const done = op.constant(graph, 1);
  graph.addSignature("set", { inputs: { x }, outputs: { done: op.identity(done, "set", [assignCopy(total, x)]) } });
  const added = assignAdd(total, x);
  graph.addSignature("add", { inputs: { x }, outputs: { total: op.identity(readVariable(total, [added]), "added") } });
  return graph;
}

const pair = (a: number, b: number) => ({ x: { shape: [2], values: Float32Array.of(a, b) } });

describe("a session", () => {
  test("keeps its variables from call to call, apart from another session's", () => {
    const [one, other] = [openGraph(counter()), openGraph(counter())];
    one.run("set", pair(1, 2));
    other.run("set", pair(100, 200));
    one.run("add", pair(10, 20));
    expect([...one.run("add", pair(1, 1)).total!.values]).toEqual([12, 23]);
    expect([...other.run("add", pair(1, 1)).total!.values]).toEqual([101, 201]);
    one.close();
    other.close();
  });

  test("an update in place does not reach the array that was fed", () => {
    const session = openGraph(counter());
    const start = Float32Array.of(1, 2);
    session.run("set", { x: { shape: [2], values: start } });
    for (let i = 0; i < 3; i += 1) session.run("add", pair(5, 5));
    expect([...start]).toEqual([1, 2]);
    session.close();
  });

  test("leaves no tensor behind, also when TensorFlow refuses", () => {
    const session = openGraph(counter());
    const before = liveTensors();
    session.run("set", pair(1, 2));
    expect(() => session.run("add", { x: { shape: [3], values: Float32Array.of(1, 2, 3) } })).toThrow();
    expect(() => session.run("add", { x: { shape: [5], values: Float32Array.of(1, 2) } })).toThrow();
    expect(() => session.run("add", {})).toThrow("nothing fed to x");
    expect(liveTensors()).toBe(before);
    session.close();
  });

  test("answers nothing once it is closed; closing twice is closing once", () => {
    const session = openGraph(counter());
    session.close();
    session.close();
    expect(() => session.run("set", pair(1, 2))).toThrow("closed");
  });
});
