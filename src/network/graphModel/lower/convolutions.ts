import type { WindowGeometry } from '../../../backend/kernels/geometry.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { Operation, OperationParameters } from '../../graph/operation.ts';
import { depthwiseConv2d } from '../../operations/convolution.ts';
import { groupedConv2d } from '../../operations/groupedConv2d.ts';
import { constantAt, type NodeCall, type NodeLowering, titleOf, valueAt } from '../nodeCall.ts';
import { fusedWith } from './fused.ts';
import { dilatedBy, withoutMargins } from './phases.ts';
import { transposedConvolution } from './transposed.ts';
import { channelsLast, inFormat, kernelWindow, onPlane, slidingOf, slidPlane } from './windows.ts';

type Make = (call: NodeCall, geometry: WindowGeometry, parameters: () => OperationParameters) => Operation;

const convolving =
  (make: Make, outputs: (kernel: readonly number[]) => number): NodeLowering =>
  (call) => {
    const x = valueAt(call, 0);
    const kernel = constantAt(call, 1);
    const shape = channelsLast(call, x.shape);
    const units = outputs(kernel.shape);
    const sliding = withoutMargins(dilatedBy(call, x.view, slidingOf(call, kernelWindow(call, kernel))));
    const made = inFormat(call, [shape[0] ?? null, ...slidPlane(shape, sliding), units]);
    const { bias, activation, weights } = fusedWith(call, made);
    const parameters = (): OperationParameters => ({ kernel: kernel.read(), ...(bias && { bias: bias() }) });
    const operations = onPlane(call, sliding.margins, [make(call, sliding.geometry, parameters)]);
    return {
      operations: [...operations, ...activation],
      values: [{ value: x.value, shape: x.shape }],
      shape: made,
      view: x.view && { ...x.view, rows: [0, 0], columns: [0, 0] },
      activated: activation.length > 0,
      weights: [kernel, ...weights],
    };
  };

/** A kernel of fewer input channels than there are convolves groups of channels. */
const inGroups: Make = (call, geometry, parameters) => {
  const channels = channelsLast(call, valueAt(call, 0).shape)[3];
  const perGroup = constantAt(call, 1).shape[2] as number;
  const groups = typeof channels === 'number' ? channels / perGroup : 1;
  if (!Number.isInteger(groups))
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(call)} has a kernel of ${perGroup} channels for ${channels}`,
    );
  return groupedConv2d(call.source, { ...geometry, groups }, parameters);
};

const depthwise: Make = ({ source }, geometry, parameters) => depthwiseConv2d(source, geometry, parameters);

const conv2d = convolving(inGroups, ([, , , units]) => units as number);
const depthwiseConv = convolving(
  depthwise,
  ([, , channels, multiplier]) => (channels as number) * (multiplier as number),
);

/** Convolutions, with what the converter has fused into them. */
export const convolutions: Readonly<Record<string, NodeLowering>> = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  DepthwiseConv2dNative: depthwiseConv,
  FusedDepthwiseConv2dNative: depthwiseConv,
  _FusedDepthwiseConv2dNative: depthwiseConv,
  Conv2DBackpropInput: transposedConvolution,
};
