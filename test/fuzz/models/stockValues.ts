import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Layer } from '../../oracle/building.ts';
import { callsIn } from './calls.ts';
import { definitions } from './definitions/definitions.ts';
import { onCpu } from './onCpu.ts';
import { keepingStates } from './states.ts';

/** What tfjs gives for each output of a model, and for each call of its layers by its address. */
export interface StockValues {
  readonly outputs: readonly NdArray[];
  readonly layers: ReadonlyMap<string, NdArray>;
}

type See = (address: string, value: Tensor) => void;

/**
 * The values of a model when tfjs's layers are run one after the other on cpu. `model.predict` gives the same, but frees a
 * value too early that a layer reads twice, and is wrong where {@link definitions} say what is right.
 */
export function stockValues(model: LayersModel, inputs: readonly NdArray[]): Promise<StockValues> {
  return onCpu(async () => {
    const { outputs, layers } = tf.tidy(() => tensorsOf(model, inputs) as never) as Tensors;
    const read = await Promise.all(outputs.map(arrayOf));
    const byAddress = await Promise.all(
      Object.entries(layers).map(async ([address, value]) => [address, await arrayOf(value)] as const),
    );
    tf.dispose([outputs, layers]);
    return { outputs: read, layers: new Map(byAddress) };
  });
}

/** What tfjs gives for each output. */
export async function stockOutputs(model: LayersModel, inputs: readonly NdArray[]): Promise<readonly NdArray[]> {
  return (await stockValues(model, inputs)).outputs;
}

interface Tensors {
  readonly outputs: Tensor[];
  readonly layers: Record<string, Tensor>;
}

/** All rows at once, or one by one where the model takes just one. */
function tensorsOf(model: LayersModel, inputs: readonly NdArray[]): Tensors {
  const [rows] = (inputs[0] as NdArray).shape as [number];
  const size = model.inputs[0]?.shape[0] ?? rows;
  const parts = Array.from({ length: rows / size }, (_, i) => {
    const layers: Record<string, Tensor> = {};
    const part = inputs.map((input) => rowsOf(input, i * size, (i + 1) * size));
    const outputs = keepingStates(model, () =>
      run(model, part, (address, value) => {
        layers[address] = value;
      }),
    );
    return { outputs, layers };
  });
  const { outputs, layers } = parts[0] as Tensors;
  const joined = (of: (part: Tensors) => Tensor): Tensor => tf.concat(parts.map(of));
  return {
    outputs: outputs.map((_, i) => joined((part) => part.outputs[i] as Tensor)),
    layers: Object.fromEntries(
      Object.keys(layers).map((address) => [address, joined((part) => part.layers[address] as Tensor)]),
    ),
  };
}

function run(container: LayersModel, inputs: readonly Tensor[], see: See): Tensor[] {
  const values = new Map(container.inputs.map((x, i) => [x, inputs[i] as Tensor]));
  const calls = callsIn(container);
  const pull = (symbol: SymbolicTensor): Tensor => {
    const known = values.get(symbol);
    if (known) return known;
    const { address, reads, makes } = calls(symbol);
    const outputs = resultsOf(symbol.sourceLayer, reads.map(pull), (inner, value) => see(`${address}/${inner}`, value));
    makes.forEach((made, i) => {
      values.set(made, outputs[i] as Tensor);
      see(i === 0 ? address : `${address}:${i}`, outputs[i] as Tensor);
    });
    return values.get(symbol) as Tensor;
  };
  return container.outputs.map(pull);
}

function resultsOf(layer: Layer, inputs: Tensor[], see: See): Tensor[] {
  const defined = definitions[layer.getClassName()]?.(layer, inputs, (inner, read) => resultsOf(inner, read, () => {}));
  if (defined) return defined;
  if ('nodesByDepth' in layer) return run(layer as unknown as LayersModel, inputs, see);
  return [layer.apply(inputs.length === 1 ? (inputs[0] as Tensor) : inputs)].flat() as Tensor[];
}

function rowsOf({ shape, data }: NdArray, start: number, end: number): Tensor {
  const [rows, ...rest] = shape as [number, ...number[]];
  return tf.tensor(data.subarray((start * data.length) / rows, (end * data.length) / rows), [end - start, ...rest]);
}

async function arrayOf(tensor: Tensor): Promise<NdArray> {
  return { shape: [...tensor.shape], data: Float32Array.from(await tensor.data()) };
}
