import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from './graph.ts';
import type { Layer } from './layersModel.ts';

/** The shapes of a layer's outputs for inputs of some shapes, as tfjs-layers computes them. */
export function outputShapes(layer: Layer, inputShapes: readonly OpenShape[], address: string): readonly OpenShape[] {
  const given = inputShapes.map((shape) => [...shape]);
  const [first = []] = given;
  if (isCausal(layer)) return [causalShape(first, layer)];
  if (isResizing(layer)) return [[first[0] ?? null, layer.height, layer.width, first[3] ?? null]];
  try {
    const shapes = layer.computeOutputShape(given.length === 1 ? first : given);
    return isList(shapes) ? shapes : [shapes];
  } catch (cause) {
    const listed = given.map((shape) => `[${shape.map((length) => length ?? 'null').join(', ')}]`).join(', ');
    throw new VitrineError(
      'bad-shape',
      `layer "${address}" cannot take inputs of shape ${listed}: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

// tfjs-layers leaves out the batch axis of this layer and takes the columns of its input for the channels.
function isResizing(layer: Layer): layer is Layer & { height: number; width: number } {
  return layer.getClassName() === 'Resizing';
}

interface CausalConvolution extends Layer {
  readonly filters: number;
  readonly strides: readonly [number];
}

// tfjs-layers takes it for one that pads nothing.
function isCausal(layer: Layer): layer is CausalConvolution {
  return layer.getClassName() === 'Conv1D' && (layer as Layer & { padding?: string }).padding === 'causal';
}

function causalShape([batch = null, length = null]: OpenShape, { filters, strides }: CausalConvolution): OpenShape {
  return [batch, length === null ? null : Math.ceil(length / strides[0]), filters];
}

function isList(shapes: (number | null)[] | (number | null)[][]): shapes is (number | null)[][] {
  return Array.isArray(shapes[0]);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
