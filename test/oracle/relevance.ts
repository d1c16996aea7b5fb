import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { at, type Block, outputShape, readings, zeros } from './windows.ts';

/** A linear operation on one example, written out: `weights[i][j]` from input i to output j where these are connected. */
export interface LinearMap {
  readonly weights: readonly (readonly (number | undefined)[])[];
  /** One number for each output; zeros where there is no bias. */
  readonly bias: readonly number[];
}

/** What a rule makes of the input and the relevance at the output. */
export type RuleOracle = (map: LinearMap, input: readonly number[], relevance: readonly number[]) => number[];

/** A convolution, or a depthwise one, whose kernel is [rows, columns, in, multiplier]. */
export function convolutionMap(
  kernel: Block,
  bias: readonly number[],
  { plane, geometry, depthwise }: { plane: Block['shape']; geometry: WindowGeometry; depthwise: boolean },
): LinearMap {
  const [, rows, columns, channels] = plane;
  const kernels = kernel.shape[3];
  const units = depthwise ? channels * kernels : kernels;
  const [input, output] = [zeros([1, rows, columns, channels]), zeros(outputShape(plane, geometry, units))];
  const weights = emptyWeights(input.data.length, output.data.length / plane[0]);
  for (const { from, tap, to } of readings([rows, columns], geometry)) {
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < kernels; k++) {
        const j = at(output, [0, ...to, depthwise ? c * kernels + k : k]);
        (weights[at(input, [0, ...from, c])] as number[])[j] = kernel.data[at(kernel, [...tap, c, k])] as number;
      }
    }
  }
  return { weights, bias: Array.from({ length: output.data.length / plane[0] }, (_, j) => bias[j % units] ?? 0) };
}

/** A convolution in groups of channels, whose kernel is [rows, columns, in / groups, out]. */
export function groupedConvolutionMap(
  kernel: Block,
  bias: readonly number[],
  { plane, geometry, groups }: { plane: Block['shape']; geometry: WindowGeometry; groups: number },
): LinearMap {
  const [, rows, columns] = plane;
  const [, , perGroup, units] = kernel.shape;
  const [input, output] = [zeros([1, rows, columns, plane[3]]), zeros(outputShape(plane, geometry, units))];
  const outputs = output.data.length / plane[0];
  const weights = emptyWeights(input.data.length, outputs);
  for (const { from, tap, to } of readings([rows, columns], geometry)) {
    for (let k = 0; k < units; k++) {
      const first = Math.floor((k * groups) / units) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const row = weights[at(input, [0, ...from, first + c])] as number[];
        row[at(output, [0, ...to, k])] = kernel.data[at(kernel, [...tap, c, k])] as number;
      }
    }
  }
  return { weights, bias: Array.from({ length: outputs }, (_, j) => bias[j % units] ?? 0) };
}

/** A dense layer with a kernel [in][out]. */
export function denseMap(weights: readonly (readonly number[])[], bias: readonly number[] = []): LinearMap {
  return { weights, bias: (weights[0] as readonly number[]).map((_, j) => bias[j] ?? 0) };
}

/** The map that a transposed convolution is: the same weights the other way. */
export function transposedMap({ weights }: LinearMap, bias: (output: number) => number): LinearMap {
  const inputs = (weights[0] as readonly number[]).map((_, j) => weights.map((row) => row[j]));
  return { weights: inputs, bias: weights.map((_, j) => bias(j)) };
}

/** The output of a linear map. */
export function outputOf({ weights, bias }: LinearMap, input: readonly number[]): number[] {
  return bias.map((b, j) => weights.reduce((sum, row, i) => sum + (row[j] ?? 0) * (input[i] as number), b));
}

/** The map without its bias. */
export function withoutBias({ weights, bias }: LinearMap): LinearMap {
  return { weights, bias: bias.map(() => 0) };
}

const positive = (value: number): number => Math.max(value, 0);
const negative = (value: number): number => Math.min(value, 0);

/** R_i = Σ_j share_ij / (Σ_k share_kj + offset_j), stabilised, · R_j. */
function divided(
  { weights, bias }: LinearMap,
  relevance: readonly number[],
  {
    share,
    offset,
    stabiliser = 1e-6,
  }: {
    share: (i: number, j: number, weight: number) => number;
    offset: (bias: number, j: number) => number;
    stabiliser?: number;
  },
): number[] {
  const shares = weights.map((row, i) => row.map((w, j) => (w === undefined ? 0 : share(i, j, w))));
  const wholes = bias.map((b, j) => shares.reduce((sum, row) => sum + (row[j] as number), offset(b, j)));
  const quotients = wholes.map((z, j) => (relevance[j] as number) / (z + (z >= 0 ? stabiliser : -stabiliser)));
  return shares.map((row) => row.reduce((sum, part, j) => sum + part * (quotients[j] as number), 0));
}

/** LRP-ε. */
export const epsilon =
  (stabiliser: number): RuleOracle =>
  (map, input, relevance) =>
    divided(map, relevance, { share: (i, _j, w) => (input[i] as number) * w, offset: (b) => b, stabiliser });

/** LRP-0: nothing where the output is 0. */
export const zero: RuleOracle = (map, input, relevance) => {
  const outputs = outputOf(map, input);
  const quotients = outputs.map((z, j) => (z === 0 ? 0 : (relevance[j] as number) / z));
  return map.weights.map((row, i) =>
    row.reduce<number>((sum, w, j) => sum + (w ?? 0) * (input[i] as number) * (quotients[j] as number), 0),
  );
};

/** α times what speaks for an output less β times what speaks against it. */
export const alphaBeta =
  (alpha: number, beta: number): RuleOracle =>
  (map, input, relevance) => {
    const side = (part: (value: number) => number): number[] =>
      divided(map, relevance, { share: (i, _j, w) => part((input[i] as number) * w), offset: part });
    const [inFavour, against] = [side(positive), side(negative)];
    return inFavour.map((value, i) => alpha * value - beta * (against[i] as number));
  };

/** LRP-γ for inputs and outputs of any sign: what agrees with the sign of an output counts more. */
export const gamma =
  (g: number): RuleOracle =>
  (map, input, relevance) => {
    const outputs = outputOf(map, input);
    const more = (value: number, j: number): number => {
      const z = outputs[j] as number;
      return value + g * (z > 0 ? positive(value) : negative(value));
    };
    const known = relevance.map((value, j) => (outputs[j] === 0 ? 0 : value));
    return divided(map, known, { share: (i, j, w) => more((input[i] as number) * w, j), offset: more });
  };

/** Equal parts. */
export const flat: RuleOracle = (map, _input, relevance) =>
  divided(map, relevance, { share: () => 1, offset: () => 0 });

/** In proportion to squared weights. */
export const wSquare: RuleOracle = (map, _input, relevance) =>
  divided(map, relevance, { share: (_i, _j, w) => w * w, offset: (b) => b * b });

/** LRP-zᴮ with bounds for each input. */
export const zBox =
  (low: (i: number) => number, high: (i: number) => number): RuleOracle =>
  (map, input, relevance) =>
    divided(map, relevance, {
      share: (i, _j, w) => (input[i] as number) * w - low(i) * positive(w) - high(i) * negative(w),
      offset: () => 0,
    });

function emptyWeights(inputs: number, outputs: number): (number | undefined)[][] {
  return Array.from({ length: inputs }, () => new Array<number | undefined>(outputs).fill(undefined));
}
