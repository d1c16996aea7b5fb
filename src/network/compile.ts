import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Precision } from '../backend/kernels/convolve.ts';
import * as simd from '../backend/kernels/simd/simd.generated.ts';
import { assertOptions, type OptionChecks, oneOf } from '../numeric/options.ts';
import type { GraphModel } from './graph/graphModel.ts';
import { sourceOf } from './graph/sourceOf.ts';
import { outputMeanings } from './heads/statedHeads.ts';
import type { Network } from './network.ts';
import type { OutputMeaning } from './types.ts';
import { createNetwork } from './walk/createNetwork.ts';

/** Options of {@link compile}. */
export interface CompileOptions {
  /**
   * What the outputs hold, where the operations that make them do not tell: `'logits'` of a softmax, `'probabilities'`, or
   * `'values'` such as a regression. It is said of every output; of one among several say it in the call. By default
   * nothing is said, and such outputs are taken as they are.
   */
  readonly output?: OutputMeaning;
  /**
   * How exact convolutions and dense layers are on wasm, `'default'` by default; elsewhere it says nothing.
   * `'exact'` gives to the bit what the engine gives with tfjs's own kernels. `'default'` makes 3 × 3 convolutions by
   * Winograd's F(2 × 2), which is more exact than the sum, and input gradients by F(4 × 4) where its errors are at most
   * twice those of the sum. `'fast'` does both by F(4 × 4): errors up to 2.5 times those of the sum, and not local, so that
   * what does not change may differ in its last bits, and ties may break.
   */
  readonly precision?: Precision;
}

/**
 * Compiles a model for many calls: its layers or nodes become a graph of primitive operations, and what is made from its
 * weights on the first call is kept for the next ones.
 *
 * Every function of the library takes a model or a `Network`; with a model it compiles, runs and frees, which
 * costs more than a prediction. For repeated calls compile once. The network belongs to the backend it first runs on.
 *
 * @param model a built `LayersModel`, or a `GraphModel` loaded by tfjs-converter, whose layers are its nodes; it is never
 *   changed, and no node is added to its layers.
 * @param options `output`, `precision`.
 * @returns the compiled network; dispose of it when it is done with.
 * @throws {VitrineError} if `model` is neither, is empty, unbuilt or disposed, or uses masks.
 * @throws {VitrineError} if a node of a `GraphModel` is of an op that has no gradient or is not known.
 * @throws {VitrineError} if `output` says of an output what its operations tell otherwise, as logits of a softmax.
 * @example
 * ```ts
 * import { compile, gradient } from 'vitrine';
 * const network = compile(model);
 * const { values } = await gradient(network, x);
 * network.dispose();
 * ```
 */
export function compile(model: LayersModel | GraphModel, options: CompileOptions = {}): Network {
  assertOptions(options, compileChecks);
  const { output, precision } = options;
  return createNetwork(sourceOf(model), { output, precision, simd });
}

/** Checks of {@link CompileOptions}. */
export const compileChecks: OptionChecks<CompileOptions> = {
  output: oneOf(outputMeanings),
  precision: oneOf(['exact', 'default', 'fast'] satisfies Precision[]),
};
