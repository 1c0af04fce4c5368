import { type Operation, type Output, only } from "../graph.ts";
import type { DType } from "../types.ts";
import { broadcastShape, named, typeOf } from "./shared.ts";

function unary(kind: string, x: Output, name?: string): Output {
  const outputs = [{ dtype: x.dtype, shape: x.shape }];
  return only(x.operation.graph.add(kind, { ...named(name), inputs: [x], attributes: { T: typeOf(x) }, outputs }));
}

function binary(kind: string, a: Output, b: Output, dtype: DType = a.dtype): Output {
  const outputs = [{ dtype, shape: broadcastShape(a.shape, b.shape) }];
  return only(a.operation.graph.add(kind, { inputs: [a, b], attributes: { T: typeOf(a) }, outputs }));
}

export const relu = (x: Output, name?: string): Output => unary("Relu", x, name);
export const sigmoid = (x: Output, name?: string): Output => unary("Sigmoid", x, name);
export const exp = (x: Output): Output => unary("Exp", x);
export const log1p = (x: Output): Output => unary("Log1p", x);
export const abs = (x: Output): Output => unary("Abs", x);
export const negate = (x: Output): Output => unary("Neg", x);
export const zerosLike = (x: Output): Output => unary("ZerosLike", x);
export const add = (a: Output, b: Output): Output => binary("AddV2", a, b);
export const subtract = (a: Output, b: Output): Output => binary("Sub", a, b);
export const multiply = (a: Output, b: Output): Output => binary("Mul", a, b);
export const divide = (a: Output, b: Output): Output => binary("RealDiv", a, b);
/** a / b, and 0 where b is 0. */
export const divideNoNan = (a: Output, b: Output): Output => binary("DivNoNan", a, b);
export const power = (a: Output, b: Output): Output => binary("Pow", a, b);
export const minimum = (a: Output, b: Output): Output => binary("Minimum", a, b);
export const maximum = (a: Output, b: Output): Output => binary("Maximum", a, b);
export const greater = (a: Output, b: Output): Output => binary("Greater", a, b, "bool");

export function isNan(x: Output): Output {
  const outputs = [{ dtype: "bool" as const, shape: x.shape }];
  return only(x.operation.graph.add("IsNan", { inputs: [x], attributes: { T: typeOf(x) }, outputs }));
}

/** `yes` where the condition holds, else `no`; all three broadcast. What is not chosen may be NaN. */
export function select(condition: Output, yes: Output, no: Output): Output {
  const shape = broadcastShape(condition.shape, broadcastShape(yes.shape, no.shape));
  const outputs = [{ dtype: yes.dtype, shape }];
  const attributes = { T: typeOf(yes) };
  return only(condition.operation.graph.add("SelectV2", { inputs: [condition, yes, no], attributes, outputs }));
}

/** x itself where it has that type. */
export function cast(x: Output, dtype: DType): Output {
  if (x.dtype === dtype) return x;
  const attributes = { SrcT: typeOf(x), DstT: { type: dtype } };
  return only(x.operation.graph.add("Cast", { inputs: [x], attributes, outputs: [{ dtype, shape: x.shape }] }));
}

export function addAll(values: readonly Output[]): Output {
  const [first] = values;
  if (first === undefined || values.length === 1) return first!;
  const attributes = { T: typeOf(first), N: { int: values.length } };
  const outputs = [{ dtype: first.dtype, shape: first.shape }];
  return only(first.operation.graph.add("AddN", { inputs: values, attributes, outputs }));
}

/** x, after those operations have run. */
export function identity(x: Output, name?: string, after: readonly Operation[] = []): Output {
  const outputs = [{ dtype: x.dtype, shape: x.shape }];
  const attributes = { T: typeOf(x) };
  return only(x.operation.graph.add("Identity", { ...named(name), inputs: [x], after, attributes, outputs }));
}
