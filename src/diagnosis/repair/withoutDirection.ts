import * as tf from '@tensorflow/tfjs-core';
import { insertOperation } from '../../network/insertOperation.ts';
import type { Network } from '../../network/network.ts';
import { dense } from '../../network/operations/dense.ts';
import { layerAddress } from '../../network/runChecks.ts';
import { assertCompiled } from '../../network/withNetwork.ts';
import { assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { dot, norm } from '../../numeric/linear/vectors.ts';
import { anything, assertOptions, type OptionChecks, required } from '../../numeric/options.ts';

/** Numbers, one for each unit of a layer. */
export type UnitVector = Float32Array | Float64Array | readonly number[];

/** What is taken out of which layer. */
export interface WithoutDirectionOptions {
  /** The address of the layer. */
  readonly layer: string;
  /** One direction, or several: then all that lies between them is taken out. */
  readonly vector: UnitVector | readonly UnitVector[];
  /** What counts as nothing of a concept: activations keep this much of the direction; the origin by default. */
  readonly mean?: UnitVector;
}

/**
 * A network whose layer has lost a direction, for every function that takes a model: what the layer makes is projected, at
 * each position, onto what is at right angles to it.
 *
 * $a \leftarrow a - \frac{\langle a - m, v \rangle}{\lVert v \rVert^2}\, v$, of several directions with an orthonormal basis of what they span. A concept
 * that is read along the direction alone (a concept activation vector, the difference of two means) is then the same in all
 * examples; one that other units or layers carry too is not gone.
 *
 * Source: Bolukbasi et al. 2016, "Man is to computer programmer as woman is to homemaker? Debiasing word embeddings", section
 * 6 (neutralize); Ravfogel et al. 2020, "Null it out", section 3.
 *
 * @param network compiled by `compile`; it must outlive the result and stays as it is.
 * @param options `layer`, `vector`, `mean`.
 * @returns a view of the network; to dispose of it frees only what it has made for itself.
 * @throws {VitrineError} if the layer is unknown, an input or an output of probabilities, or a vector has another length or is
 * zero.
 * @example
 * ```ts
 * import { compile, predict } from 'vitrine';
 * import { withoutDirection } from 'vitrine/diagnosis';
 * const network = compile(model);
 * const vector = Float32Array.from({ length: 8 }, (_, unit) => (unit < 2 ? 1 : 0));
 * const repaired = withoutDirection(network, { layer: 'conv1', vector });
 * const { values } = await predict(repaired, x);
 * repaired.dispose();
 * network.dispose();
 * ```
 */
export function withoutDirection(network: Network, options: WithoutDirectionOptions): Network {
  assertCompiled('network', network);
  assertOptions(options, withoutDirectionChecks);
  const { layer, vector, mean } = options;
  const site = network.site(layer);
  const units = site.shape.at(-1) as number;
  const basis = orthonormal(vectorsOf(vector).map((one, i, all) => numbersOf(one, units, nameOf(i, all.length))));
  const kernel = Float32Array.from({ length: units * units }, (_, place) => {
    const [row, column] = [Math.floor(place / units), place % units];
    const shared = basis.reduce((sum, one) => sum + (one[row] as number) * (one[column] as number), 0);
    return (row === column ? 1 : 0) - shared;
  });
  const kept = mean === undefined ? undefined : within(basis, numbersOf(mean, units, 'mean'));
  return insertOperation(network, site, (source) => {
    const weights = () => ({
      kernel: source.store.derive('kernel', [], () => tf.tensor2d(kernel, [units, units])),
      ...(kept && { bias: source.store.derive('bias', [], () => tf.tensor1d(kept)) }),
    });
    return dense(source, weights);
  });
}

const withoutDirectionChecks: OptionChecks<WithoutDirectionOptions> = {
  layer: required(layerAddress),
  vector: required(anything),
  mean: anything,
};

function vectorsOf(vector: UnitVector | readonly UnitVector[]): readonly UnitVector[] {
  if (Array.isArray(vector) && vector.length > 0 && vector.every((one) => typeof one === 'object')) return vector;
  return [vector as UnitVector];
}

function nameOf(i: number, count: number): string {
  return count === 1 ? 'vector' : `vector[${i}]`;
}

function numbersOf(vector: UnitVector, units: number, argument: string): Float64Array {
  const isList = Array.isArray(vector) || vector instanceof Float32Array || vector instanceof Float64Array;
  if (!isList || vector.length !== units)
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected ${units} numbers, one for each unit, got ${isList ? vector.length : describe(vector)}`,
    );
  vector.forEach((value: number, i: number) => assertNumber(`${argument}[${i}]`, value));
  return Float64Array.from(vector);
}

/** Directions at right angles to each other that span the same; one that others hold already adds none. */
function orthonormal(vectors: readonly Float64Array[]): readonly Float64Array[] {
  const basis: Float64Array[] = [];
  vectors.forEach((vector, i) => {
    const length = norm(vector);
    if (length === 0)
      throw new VitrineError('bad-argument', `"${nameOf(i, vectors.length)}" expected a direction, got zeros`);
    let rest = vector.map((value) => value / length);
    // Twice, as one pass leaves what rounding has put in.
    for (let pass = 0; pass < 2; pass++)
      for (const one of basis) {
        const share = dot(rest, one);
        rest = rest.map((value, j) => value - share * (one[j] as number));
      }
    const left = norm(rest);
    if (left > ALONG) basis.push(rest.map((value) => value / left));
  });
  return basis;
}

/** What is left of a direction that others span already. */
const ALONG = 1e-6;

/** The part of a vector that lies in what a basis spans. */
function within(basis: readonly Float64Array[], vector: Float64Array): Float32Array {
  const shares = basis.map((one) => dot(one, vector));
  return Float32Array.from(vector, (_, i) =>
    basis.reduce((sum, one, j) => sum + (shares[j] as number) * (one[i] as number), 0),
  );
}
