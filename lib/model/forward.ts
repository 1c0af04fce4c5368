import type { Precision } from "../contracts/run-config.ts";
import type { Operation, Output } from "../engine/graph/graph.ts";
import { only } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import type { Layer, LayerKind, LayerOfKind, Network } from "./network.ts";

/** The value of a weight, by the name of its variable, such as `kernel`. */
type Variable = (name: string) => Output;

export interface ForwardOptions {
  /** The value of a weight by its whole name, `layer/variable`. */
  readonly parameter: (name: string) => Output;
  /** Whether a batch-norm uses the batch's own statistics; else its running ones. */
  readonly usesBatchStatistics?: (layer: string) => boolean;
  /** Of activations before global average pooling, float32 where nothing is said; what comes after it is float32. */
  readonly precision?: Precision;
}

/** Every layer's activation, and the batch-norms that saw the batch's own statistics. */
export interface Forward {
  readonly activations: ReadonlyMap<string, Output>;
  readonly batchNorms: readonly { readonly layer: LayerOfKind<"batchNorm">; readonly operation: Operation }[];
}

type Emit<K extends LayerKind> = (layer: LayerOfKind<K>, inputs: readonly Output[], variable: Variable) => Output;

/** How each kind of layer is written, batch-norm apart, which has two modes. */
const EMIT: { [K in Exclude<LayerKind, "input" | "batchNorm">]: Emit<K> } = {
  zeroPad: ({ name, settings }, [x]) => op.zeroPad(x!, settings.rows, settings.columns, name),
  conv: ({ name, settings }, [x], variable) => {
    const y = op.conv2d(x!, op.cast(variable("kernel"), x!.dtype), settings.stride, settings.padding, name);
    return settings.bias ? op.biasAdd(y, op.cast(variable("bias"), y.dtype)) : y;
  },
  relu: ({ name }, [x]) => op.relu(x!, name),
  maxPool: ({ name, settings }, [x]) => op.maxPool(x!, settings.size, settings.stride, settings.padding, name),
  averagePool: ({ name, settings }, [x]) => op.averagePool(x!, settings.size, settings.stride, settings.padding, name),
  concat: ({ name }, inputs) => op.concat(inputs, 3, name),
  add: (_, [a, b]) => op.add(a!, b!),
  globalAveragePool: ({ name }, [x]) => op.mean(op.cast(x!, "float32"), [1, 2], name),
  dense: (_, [x], variable) => op.biasAdd(op.matrixMultiply(x!, variable("kernel")), variable("bias")),
};

/** Writes a network into the graph of its input, float32 [batch, size, size, channels]. */
export function writeForward(network: Network, image: Output, options: ForwardOptions): Forward {
  const activations = new Map<string, Output>();
  const batchNorms: { layer: LayerOfKind<"batchNorm">; operation: Operation }[] = [];
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((name) => activations.get(name)!);
    const variable: Variable = (name) => options.parameter(`${layer.name}/${name}`);
    if (layer.kind === "input") {
      activations.set(layer.name, op.cast(image, options.precision ?? "float32"));
    } else if (layer.kind === "batchNorm") {
      const training = options.usesBatchStatistics?.(layer.name) ?? false;
      const operation = writeBatchNorm(layer, inputs[0]!, variable, training);
      if (training) batchNorms.push({ layer, operation });
      activations.set(layer.name, only(operation));
    } else {
      const emit = EMIT[layer.kind] as (layer: Layer, inputs: readonly Output[], variable: Variable) => Output;
      activations.set(layer.name, emit(layer, inputs, variable));
    }
  }
  return { activations, batchNorms };
}

function writeBatchNorm(
  { name, settings }: LayerOfKind<"batchNorm">,
  x: Output,
  variable: Variable,
  training: boolean,
): Operation {
  const parameters = {
    gamma: variable("gamma"),
    beta: variable("beta"),
    mean: variable("moving_mean"),
    variance: variable("moving_variance"),
  };
  return op.fusedBatchNorm(x, parameters, settings.epsilon, training, name);
}
