import * as tf from '@tensorflow/tfjs-core';
import { simdInUse } from '../backend/kernels/simd/simd.ts';
import { sizeOf } from '../numeric/ndarray.ts';
import { compile } from './compile.ts';
import { type Field, fieldsOf } from './fields/fields.ts';
import type { ReceptiveField } from './fields/receptiveField.ts';
import type { GraphStep, OperationGraph, Site } from './graph/graph.ts';
import type { OperationKind } from './graph/operation.ts';
import { sizedGraph } from './graph/sizedGraph.ts';
import { describeHead } from './heads/heads.ts';
import type { Network } from './network.ts';
import type { Model } from './types.ts';
import { isNetwork } from './withNetwork.ts';

/** One call of a layer. */
export interface LayerSummary {
  /** What other functions call it: `conv1`, `outer/inner`, `shared#1`. */
  readonly address: string;
  readonly layerClass: string;
  /** Its output, batch axis first; `null` where the model leaves it open. */
  readonly shape: readonly (number | null)[];
  readonly parameterCount: number;
  /** What it was compiled to. */
  readonly operations: readonly OperationKind[];
  /**
   * How the current backend computes those that have a kernel: on wasm `Winograd F(2×2)`, `products`, `depthwise sums`,
   * which are SIMD kernels of this library, or `tfjs`.
   */
  readonly methods: readonly string[];
  /** Multiplications with a kernel for one example; 0 where the size of the output is open. */
  readonly multiplyAdds: number;
  /**
   * Receptive field and jump in pixels of the first input; `null` where there are no rows and columns. Infinite where a
   * position sees everything; NaN where they are not known, see `receptiveField`; where branches meet of which is open
   * how they lie to each other, the size is that of the largest.
   */
  readonly receptiveField: Pick<ReceptiveField, 'size' | 'jump'> | null;
}

/** One output of a model. */
export interface OutputSummary {
  /** The layer that makes it. */
  readonly address: string;
  readonly shape: readonly (number | null)[];
  /** What it is taken for, in words: `softmax over 10 classes; logits enter "scores"`. */
  readonly holds: string;
}

/** A model as a table. */
export interface ModelSummary {
  readonly name: string;
  readonly layers: readonly LayerSummary[];
  readonly outputs: readonly OutputSummary[];
  /** Weights of the whole model; those of shared layers count once. */
  readonly parameterCount: number;
  readonly multiplyAdds: number;
  /** The backend and what it computes with: `wasm, relaxed SIMD, precision "default"`. */
  readonly computing: string;
  /** What the layers are, where they are not those that the model was built of. */
  readonly note?: string;
  /** The table as text. */
  toString(): string;
}

/**
 * Describes a model layer by layer: addresses, shapes, weights, operations, cost and receptive fields, and what its outputs
 * are taken for.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @returns plain rows and totals that print as a table.
 * @throws {VitrineError} if `model` is no model that can be run.
 * @example
 * ```ts
 * import { summary } from 'vitrine';
 * console.log(String(summary(model)));
 * ```
 */
export function summary(model: Model): ModelSummary {
  if (isNetwork(model)) return summarize(model);
  const network = compile(model);
  try {
    return summarize(network);
  } finally {
    network.dispose();
  }
}

function summarize(network: Network): ModelSummary {
  const { source, graph } = network;
  network.startKernels();
  const sized = sizedGraph(network);
  const fields = fieldsOf(sized);
  const fieldOf = ({ address }: Site): Field | undefined => fields.get(sized.sites.get(address)?.value ?? -1);
  const stepsOf = (site: Site): GraphStep[] =>
    graph.steps.filter(({ operation }) => operation.address === site.address);
  const layers = [...graph.sites.values()]
    .filter((site) => stepsOf(site).length > 0 || graph.inputs.some(({ address }) => address === site.address))
    .map((site) => rowOf(graph, site, { steps: stepsOf(site), field: fieldOf(site) }));
  const plain = {
    name: source.name,
    layers,
    outputs: network.heads.map((head) => ({
      address: head.site.address,
      shape: head.site.shape,
      holds: describeHead(head),
    })),
    parameterCount: source.parameterCount(),
    computing: computing(network),
    multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    ...(source.format === 'graph' && { note: ofGraphModel }),
  };
  const print = { value: () => printed(plain) };
  return Object.defineProperties(plain, { toString: print, [Symbol.for('nodejs.util.inspect.custom')]: print });
}

const ofGraphModel =
  'a GraphModel: layers are the nodes of its graph; batch normalisation is folded into the kernels before it, as far as the converter could';

function rowOf(
  graph: OperationGraph,
  site: Site,
  { steps, field }: { steps: readonly GraphStep[]; field: Field | undefined },
): LayerSummary {
  const { address, layerClass, shape, parameterCount } = site;
  return {
    address,
    layerClass,
    shape,
    parameterCount,
    operations: steps.map(({ operation }) => operation.kind),
    methods: steps.flatMap(({ operation }) => operation.method ?? []),
    multiplyAdds: steps.reduce((sum, step) => sum + multiplyAdds(graph, step, shape), 0),
    receptiveField: shape.length === 4 && field ? sizeAndJump(field) : null,
  };
}

/** SIMD is named where it is this library's; how exact it is says nothing elsewhere. */
function computing({ precision }: Network): string {
  const build = precision === 'exact' ? simdInUse() && 'SIMD' : simdInUse();
  return [tf.getBackend(), ...(build ? [build, `precision "${precision}"`] : [])].join(', ');
}

function sizeAndJump({ axes: [rows, columns] }: Field): Pick<ReceptiveField, 'size' | 'jump'> {
  return { size: [rows.size, columns.size], jump: [rows.jump, columns.jump] };
}

/** Each weight of a kernel is used once per position of the output; of the input, if the convolution is transposed. */
function multiplyAdds({ sites }: OperationGraph, { operation, inputs }: GraphStep, shape: Site['shape']): number {
  const { kind, linear, parameters } = operation;
  const read = [...sites.values()].find(({ value }) => value === inputs[0])?.shape ?? shape;
  const isTransposed = kind === 'conv2dTranspose' || kind === 'conv3dTranspose';
  const positions = (isTransposed ? read : shape).slice(1, -1);
  if (!linear || positions.includes(null)) return 0;
  return (parameters.kernel?.size ?? 0) * sizeOf(positions as readonly number[]);
}

function printed({
  name,
  layers,
  outputs,
  parameterCount,
  multiplyAdds: cost,
  computing: by,
  note,
}: Omit<ModelSummary, 'toString'>): string {
  const header = ['layer', 'class', 'output', 'weights', 'multiply-adds', 'field', 'jump', 'operations', 'computed by'];
  const rows = layers.map((layer) => [
    layer.address,
    layer.layerClass,
    layer.shape.map((length) => length ?? '?').join('×'),
    count(layer.parameterCount),
    count(layer.multiplyAdds),
    pair(layer.receptiveField?.size),
    pair(layer.receptiveField?.jump),
    layer.operations.join(' → '),
    layer.methods.join(', '),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i >= 3 && i <= 6 ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(line(widths.map((width) => 'x'.repeat(width))).length);
  const totals = `${count(parameterCount)} weights, ${count(cost)} multiply-adds per example`;
  const holdings = outputs.map(({ address, holds }) => `output "${address}": ${holds}`);
  return [
    name,
    rule,
    line(header),
    rule,
    ...rows.map(line),
    rule,
    totals,
    ...(by ? [`computed by ${by}`] : []),
    ...holdings,
    ...(note ? [note] : []),
  ].join('\n');
}

function count(value: number): string {
  return value === 0 ? '' : value.toLocaleString('en');
}

function pair(values: readonly [number, number] | undefined): string {
  if (!values) return '';
  const [rows, columns] = values.map(pixels);
  return rows === columns ? (rows as string) : `${rows}×${columns}`;
}

function pixels(value: number): string {
  if (Number.isNaN(value)) return '?';
  // Up-sampling makes fractions of pixels.
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : 'all';
}
