import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convolutionMethod } from '../../backend/kernels/convolve.ts';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Operation, OperationIo, OperationParameters, PartialForward } from '../graph/operation.ts';
import { derivedWeights, describeOperation, type OperationSource, onlyShape, parameter, perChannel } from './base.ts';
import { conv2d, depthwiseConv2d, padsNothing } from './convolution.ts';
import { foldAffine, foldInputAffine, fusesRelu, lastAxis } from './foldAffine.ts';
import { windowFactors } from './gradientFactors.ts';
import { alongGroups, diagonal, partOfWeights } from './groupedKernel.ts';

/** The window of a convolution whose channels form groups. */
export interface GroupedGeometry extends WindowGeometry {
  readonly groups: number;
}

/**
 * A convolution in which each group of output channels reads a group of input channels: `kernel`
 * [height, width, in / groups, out], optional `bias` [out]. One channel to a group is a depthwise convolution, one group
 * a plain one.
 */
export function groupedConv2d(
  source: OperationSource,
  { groups, ...geometry }: GroupedGeometry,
  parameters: () => OperationParameters,
): Operation {
  if (groups === 1) return conv2d(source, geometry, parameters);
  const [, , perGroup] = parameter<Tensor4D>(parameters(), 'kernel').shape;
  return perGroup === 1
    ? depthwiseConv2d(source, geometry, () => asDepthwise(source, parameters(), groups))
    : inGroups(source, { groups, ...geometry }, parameters);
}

/** The same weights as a kernel [height, width, in, multiplier]. */
function asDepthwise(
  { address, store }: OperationSource,
  { kernel, ...others }: OperationParameters,
  groups: number,
): OperationParameters {
  const [height, width, , units] = (kernel as Tensor4D).shape;
  const depthwise = store.derive(`${address}: depthwise kernel`, [kernel as Tensor4D], () =>
    tf.reshape(kernel as Tensor4D, [height, width, groups, units / groups]),
  );
  return { ...others, kernel: depthwise };
}

function inGroups(
  source: OperationSource,
  geometry: GroupedGeometry,
  parameters: () => OperationParameters,
): Operation {
  const withWeights = (other: () => OperationParameters): Operation => inGroups(source, geometry, other);
  const parts = (weights: OperationParameters): readonly Part[] => partsOf(source, geometry, weights);
  return {
    ...describeOperation('conv2d', source),
    get parameters() {
      return parameters();
    },
    get method() {
      const [height, width, perGroup, units] = parameter<Tensor4D>(parameters(), 'kernel').shape;
      const together = Math.min(geometry.groups, groupsAtOnce(perGroup));
      const ofPart: Tensor4D['shape'] = [height, width, together * perGroup, (together * units) / geometry.groups];
      return convolutionMethod(ofPart, geometry, source.store.precision);
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) =>
      byGroups(x as Tensor, parts(weights), (operation, inputs) => operation.forward(inputs, undefined, activation)),
    pullback: (cotangent, io, weights = parameters()) => {
      const all = parts(weights);
      const plane = onlyShape(io).slice(0, 3);
      const cotangents = tf.split(
        cotangent,
        all.map(({ units }) => units),
        3,
      );
      const backs = all.map(({ operation, inputs }, i) => {
        return operation.pullback(cotangents[i] as Tensor, withShape(io, [...plane, inputs]))[0] as Tensor;
      });
      return [tf.concat(backs, 3)];
    },
    kernelPullback: (cotangent, { inputs: [x] }) => {
      const all = parts(parameters());
      const xs = tf.split(
        x as Tensor,
        all.map(({ inputs }) => inputs),
        3,
      );
      const cotangents = tf.split(
        cotangent,
        all.map(({ units }) => units),
        3,
      );
      const gradients = all.map(({ operation, groups }, i) => {
        const whole = operation.kernelPullback?.(cotangents[i] as Tensor, { inputs: [xs[i] as Tensor] }) as Tensor4D;
        return diagonal(whole, groups);
      });
      return tf.concat(gradients, 3);
    },
    get gradientFactors() {
      return windowFactors({ weights: parameters(), geometry, groups: geometry.groups });
    },
    region: conv2d(source, geometry, parameters).region,
    get partial(): PartialForward | undefined {
      if (!perChannel(parameters()['bias'])) return undefined;
      return {
        beyond: 0,
        run: ([x], part, activation) =>
          byGroups(x as Tensor, parts(parameters()), (operation, inputs) => {
            return (operation.partial as PartialForward).run(inputs, part, activation);
          }),
      };
    },
    withParameters: withWeights,
    absorb: (affine) => withWeights(foldAffine(source, parameters, { affine, channels: lastAxis })),
    ...(padsNothing(geometry) && {
      absorbInput: (affine: Operation) =>
        withWeights(
          foldInputAffine(source, parameters, {
            affine,
            outputAxes: 1,
            align: (perInput, [, , , units]) => alongGroups(perInput, geometry.groups, units as number),
          }),
        ),
    }),
    derive: derivedWeights(source, parameters),
  };
}

/** What the parts make of the channels that they read, side by side. */
function byGroups(
  x: Tensor,
  parts: readonly Part[],
  run: (operation: Operation, inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const xs = tf.split(
    x,
    parts.map(({ inputs }) => inputs),
    3,
  );
  return tf.concat(
    parts.map(({ operation }, i) => run(operation, [xs[i] as Tensor])),
    3,
  );
}

/** What an operation saw, with another shape; a convolution needs no more for its pullback. */
function withShape(io: OperationIo, shape: readonly number[]): OperationIo {
  return {
    inputShapes: [shape],
    get inputs() {
      return io.inputs;
    },
    get output() {
      return io.output;
    },
  };
}

/** Some groups side by side as one convolution, and how many channels it reads and gives. */
interface Part {
  readonly operation: Operation;
  readonly groups: number;
  readonly inputs: number;
  readonly units: number;
}

/**
 * Groups of fewer channels than this are put together into one convolution with zeros between them. Measured on wasm
 * with the networks RegNet and ResNeXt: each convolution alone costs up to four times, all of them together up to eight
 * times as much.
 */
const CHANNELS_AT_ONCE = 32;

function groupsAtOnce(perGroup: number): number {
  return Math.max(1, Math.ceil(CHANNELS_AT_ONCE / perGroup));
}

function partsOf(
  source: OperationSource,
  { groups, ...geometry }: GroupedGeometry,
  weights: OperationParameters,
): readonly Part[] {
  const [, , perGroup, all] = parameter<Tensor4D>(weights, 'kernel').shape;
  const together = groupsAtOnce(perGroup);
  const unitsOf = (count: number): number => (count * all) / groups;
  return Array.from({ length: Math.ceil(groups / together) }, (_, i) => {
    const count = Math.min(together, groups - i * together);
    const span = { name: `groups from ${i * together}`, from: unitsOf(i * together), units: unitsOf(count) };
    const partOf = (): OperationParameters => partOfWeights(source, weights, { ...span, groups: count });
    return { operation: conv2d(source, geometry, partOf), groups: count, inputs: count * perGroup, units: span.units };
  });
}
