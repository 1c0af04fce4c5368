/**
 * The operations that networks are written in, one function each, named after TensorFlow's and with its meaning.
 * Images are [batch, rows, columns, channels]. Every function knows its result's shape; the batch may be unknown.
 */
export * from "./operations/elements.ts";
export * from "./operations/layers.ts";
export * from "./operations/shapes.ts";
export { constant, integers, placeholder } from "./operations/sources.ts";
export * from "./operations/sums.ts";
