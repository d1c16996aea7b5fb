import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../../backend/kernels/convInputGradient.ts';
import { convolutionPadding, type WindowGeometry } from '../../../backend/kernels/geometry.ts';
import type { Cell } from './recurrentLayer.ts';

interface StackedCells extends Cell {
  readonly cells: readonly Cell[];
}

interface ConvolutionCell extends Cell {
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: string;
  readonly dilationRate: readonly [number, number];
  readonly dataFormat: string;
}

/**
 * A view of a cell as it is at inference, whose call is pure: cells of tfjs keep masks for their dropout, of ones too, for
 * which nobody frees them. What a call writes is written to the view.
 */
export function cellAtInference(cell: Cell): Cell {
  if (isStacked(cell)) return seenWith(cell, { cells: cell.cells.map(cellAtInference) });
  if (!('dropout' in cell)) return cell;
  const still = { dropout: 0, recurrentDropout: 0, dropoutMask: null, recurrentDropoutMask: null };
  return seenWith(cell, { ...still, ...(isConvolution(cell) && convolutionsOf(cell)) });
}

function isStacked(cell: Cell): cell is StackedCells {
  return cell.getClassName() === 'StackedRNNCells';
}

function isConvolution(cell: Cell): cell is ConvolutionCell {
  return cell.getClassName() === 'ConvLSTM2DCell';
}

function seenWith(cell: Cell, values: Readonly<Record<string, unknown>>): Cell {
  const properties = Object.entries(values).map(([name, value]) => [name, { value, writable: true }]);
  return Object.create(cell, Object.fromEntries(properties)) as Cell;
}

/** tfjs has no gradient of dilated convolutions, and not every backend has those with channels first. */
function convolutionsOf({ kernelSize: window, strides, dilationRate: dilations, ...cell }: ConvolutionCell): object {
  const isFirst = cell.dataFormat === 'channelsFirst';
  const padding = cell.padding === 'same' ? 'same' : 'valid';
  const input: WindowGeometry = { window, strides, padding, dilations };
  const recurrent: WindowGeometry = { window, strides: [1, 1], padding: 'same', dilations: [1, 1] };
  const inFormat = (x: Tensor, convolve: (x: Tensor4D) => Tensor): Tensor =>
    isFirst ? tf.transpose(convolve(tf.transpose(x as Tensor4D, [0, 2, 3, 1])), [0, 3, 1, 2]) : convolve(x as Tensor4D);
  return {
    inputConv: (x: Tensor, kernel: Tensor4D, bias: Tensor | null) =>
      inFormat(x, (last) => {
        const made = convolved(last, kernel, input);
        return bias ? tf.add(made, bias) : made;
      }),
    recurrentConv: (h: Tensor, kernel: Tensor4D) => inFormat(h, (last) => convolved(last, kernel, recurrent)),
  };
}

/** A convolution of which the tape takes the gradient of the engine. */
function convolved(x: Tensor4D, kernel: Tensor4D, geometry: WindowGeometry): Tensor {
  const pad = convolutionPadding(x.shape, geometry);
  const [strides, dilations]: [number, number][] = [[...geometry.strides], [...geometry.dilations]] as const;
  const rounding = Array.isArray(pad) ? 'floor' : undefined;
  const convolve = tf.customGrad((...given) => {
    const [seen, save] = given as unknown as [Tensor4D, (tensors: Tensor[]) => void];
    save([kernel]);
    return {
      value: tf.conv2d(seen, kernel, strides as [number, number], pad, 'NHWC', dilations as [number, number], rounding),
      gradFunc: (cotangent: Tensor, [saved]: Tensor[]) =>
        convInputGradient(cotangent as Tensor4D, prepareConvKernel(saved as Tensor4D, geometry), x.shape, geometry),
    };
  });
  return convolve(x);
}
