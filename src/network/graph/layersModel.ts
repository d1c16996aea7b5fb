import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

// The members of tfjs-layers' classes that the compiler reads. Several are private there, and classes of a second
// copy of the package fail `instanceof`: models are told by their structure.

/** A weight of a layer. */
export interface Variable {
  readonly name: string;
  readonly originalName: string;
  readonly shape: readonly (number | null)[];
  /** The live tensor: never to be disposed. */
  read(): Tensor;
}

/** A layer of a model; a nested model is a {@link Container}. */
export interface Layer {
  readonly name: string;
  readonly built: boolean;
  readonly inboundNodes: readonly Node[];
  readonly weights: readonly Variable[];
  getClassName(): string;
  getConfig(): Record<string, unknown>;
  computeOutputShape(inputShape: (number | null)[] | (number | null)[][]): (number | null)[] | (number | null)[][];
  apply(inputs: Tensor | Tensor[], options?: Record<string, unknown>): Tensor | Tensor[];
}

/** One call of a layer. */
export interface Node {
  readonly outboundLayer: Layer;
  /** Empty for the node of an input layer. */
  readonly inboundLayers: readonly Layer[];
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
  readonly callArgs?: Readonly<Record<string, unknown>> | null;
}

/** A value of the graph, before there are numbers. */
export interface SymbolicTensor {
  readonly id: number;
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
  readonly sourceLayer: Layer;
  /** Which call of `sourceLayer` makes it. */
  readonly nodeIndex: number;
  /** Which output of that call it is. */
  readonly tensorIndex: number;
}

/** A functional or sequential model, as seen from inside. */
export interface Container extends Layer {
  readonly layers: readonly Layer[];
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly nodesByDepth: Readonly<Record<string, readonly Node[]>>;
}

interface Disposable {
  readonly _refCount?: number | null;
}

/** Whether a value has the structure of a `LayersModel`, built or not, of whichever copy of tfjs-layers. */
export function isLayersModel(value: unknown): value is LayersModel {
  return isObject(value) && 'nodesByDepth' in value && 'layers' in value;
}

/** Whether a layer is itself a model. */
export function isContainer(layer: Layer): layer is Container {
  return 'nodesByDepth' in layer;
}

/** The layer that a TimeDistributed one applies to each frame of a sequence; none of another layer. */
export function layerPerFrame(layer: Layer): Layer | undefined {
  return layer.getClassName() === 'TimeDistributed' ? (layer as Layer & { layer: Layer }).layer : undefined;
}

/** Every layer of a model, those of nested models and of wrappers included. */
export function* allLayers(container: Container): Generator<Layer> {
  for (const layer of container.layers) {
    yield* withInner(layer);
  }
}

/**
 * The inside of a value that must be a `LayersModel` that can be run.
 *
 * @throws {VitrineError} if it is anything else.
 * @throws {VitrineError} if it has no layers, is not built, is disposed or makes masks.
 */
export function assertLayersModel(value: unknown, name = 'model'): Container {
  if (!isLayersModel(value))
    throw new VitrineError('bad-argument', `"${name}" expected a LayersModel or GraphModel, got ${found(value)}`);
  const container = value as unknown as Container;
  assertBuilt(container, name);
  assertAlive(container, name);
  assertNoMasks(container, name);
  return container;
}

function assertBuilt(container: Container, name: string): void {
  if (container.layers.length === 0 || container.outputs.length === 0) {
    throw new VitrineError(
      'unsupported',
      `"${name}" expected a model with layers, got the empty model "${container.name}": add layers, the first with an inputShape`,
    );
  }
  const layer = unbuiltIn(container);
  if (!layer) return;
  throw new VitrineError(
    'unsupported',
    `"${name}" expected a built model, got "${container.name}" whose layer "${layer.name}" is not built: ` +
      'give its first layer an inputShape or call model.build()',
  );
}

// A wrapper vouches for the layers that it wraps, which do not all say that they are built.
function unbuiltIn({ layers }: Container): Layer | undefined {
  for (const layer of layers) {
    const unbuilt = isContainer(layer) ? unbuiltIn(layer) : layer.built ? undefined : layer;
    if (unbuilt) return unbuilt;
  }
  return undefined;
}

function assertAlive(container: Container, name: string): void {
  const dead = [container, ...allLayers(container)].find(isDisposed);
  if (!dead) return;
  const part = dead === container ? '' : ` (its layer "${dead.name}" has no weights any more)`;
  throw new VitrineError(
    'disposed',
    `"${name}" expected a live model, got "${container.name}", which was disposed${part}`,
  );
}

function assertNoMasks(container: Container, name: string): void {
  for (const layer of allLayers(container)) {
    if (!makesMask(layer)) continue;
    const option = layer.getClassName() === 'Embedding' ? ' with maskZero' : '';
    throw new VitrineError(
      'unsupported',
      `"${name}" expected a model without masks, got "${layer.name}" (${layer.getClassName()}${option}): masks are not followed`,
    );
  }
}

function* withInner(layer: Layer): Generator<Layer> {
  yield layer;
  if (isContainer(layer)) yield* allLayers(layer);
  else for (const inner of wrappedBy(layer)) yield* withInner(inner);
}

// TimeDistributed and Bidirectional.
function wrappedBy(layer: Layer): Layer[] {
  const { layer: wrapped, forwardLayer, backwardLayer } = layer as Layer & Partial<Record<string, Layer>>;
  // The layer that a Bidirectional one was given is a pattern for its two, and never built.
  return (forwardLayer ? [forwardLayer, backwardLayer] : [wrapped]).filter(isLayer);
}

function isDisposed(layer: Layer): boolean {
  if ((layer as Disposable)._refCount === 0) return true;
  if (isContainer(layer)) return false;
  return layer.weights.some((weight) => {
    try {
      return weight.read().isDisposed;
    } catch {
      return true;
    }
  });
}

function makesMask(layer: Layer): boolean {
  const kind = layer.getClassName();
  return kind === 'Masking' || (kind === 'Embedding' && (layer as { maskZero?: boolean }).maskZero === true);
}

function found(value: unknown): string {
  if (!isObject(value)) return describe(value);
  if ('sweep' in value && 'graph' in value) return 'a Network, which is compiled already';
  if (isLayer(value)) return `the single layer "${value.name}" (${value.getClassName()})`;
  return describe(value);
}

function isLayer(value: unknown): value is Layer {
  return isObject(value) && 'inboundNodes' in value && 'apply' in value;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}
