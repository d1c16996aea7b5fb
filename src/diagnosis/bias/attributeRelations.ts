import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import {
  anything,
  assertOptions,
  type OptionChecks,
  oneOf,
  required,
  share as shareCheck,
} from '../../numeric/options.ts';
import { forEachInputBatch } from '../../readings/imageBatches.ts';
import { type ImageSource, imagesOf, inputsOf } from '../../readings/imageSource.ts';
import { createScorer } from '../../scoring/targets/createScorer.ts';
import { type Attribute, assertAttributes } from './attribute.ts';
import { evidenceOf } from './evidence.ts';
import { expectedGaussians, gaussianDivergence } from './gaussianDivergence.ts';
import { type RelationSums, relationSums } from './relationSums.ts';
import type { AttributePair, AttributeRelations, Relation } from './types.ts';

/** Options of {@link attributeRelations}. */
export interface AttributeRelationsOptions extends RunOptions {
  /** The address of the layer at which evidence is compared, mostly one of the last with rows and columns. */
  readonly layer: string;
  /** At least two attributes. */
  readonly attributes: readonly Attribute[];
  /** What stands for the evidence: what each activation contributes to the score, as by default, or the score's gradient. */
  readonly pattern?: 'contribution' | 'gradient';
  /** Which share of the numbers of each piece of evidence is kept, the greatest; 1 by default. */
  readonly share?: number;
  /** How each two attributes should be related, `[k][k]` and symmetric; none of them by default. */
  readonly expected?: readonly (readonly Relation[])[];
}

/**
 * Which attributes a model tells by the same evidence though the world does not relate them, and which it does not though
 * the world does: biases of a data set that no test on data of the same kind shows.
 *
 * Per image, the evidence $\omega_i = v_i \circ a$ for each attribute's score, with $v_i = \partial Y_i / \partial a$ at a layer, and $r_{ij} = \cos(\omega_i,
 * \omega_j)$. Over images, pairs are ranked by $\mathrm{KL}(p^* \,\|\, p_{ij})$ of normal distributions: of the mean and deviation of $r_{ij}$ from
 * those expected of its kind (the average of all pairs of the kind; with mean 0 for unrelated ones). It tells that evidence is
 * shared, and where; which of the two attributes is wrong about it, only a check at its place does (`eraseAndWatch`). With
 * `pattern: 'gradient'` weights that two heads share make all cosines positive: compare `chance`.
 *
 * Source: Zhang, Wang and Zhu 2018, "Examining CNN representations with respect to dataset bias", section 3; the fitting of
 * their mask is replaced by `share`.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, of two images or more; they need no labels.
 * @param options `layer`, `attributes`, `pattern`, `share`, `expected`; `batchSize`, `signal`, `onProgress`.
 * @returns cosines `[k, k]`, pairs ranked by surprise, and where the shared evidence lies.
 * @throws {VitrineError} if a layer or a target does not exist or has no part in the other, there are fewer than two images or
 * attributes, or `expected` is no symmetric table of relations.
 * @example
 * ```ts
 * import { attributeRelations } from 'vitrine/diagnosis';
 * const attributes = [0, 1, 2].map((target) => ({ name: `attribute ${target}`, target }));
 * const { failureModes } = await attributeRelations(model, x, { layer: 'conv3', attributes });
 * console.log(failureModes[0]?.names, failureModes[0]?.mean);
 * ```
 */
export async function attributeRelations(
  model: Model,
  images: ImageSource,
  options: AttributeRelationsOptions,
): Promise<AttributeRelations> {
  assertOptions(options, relationChecks);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { layer, attributes, pattern = 'contribution', share = 1, ...run } = own;
  assertAttributes(attributes, 2);
  const expected = expectedOf(own.expected, attributes.length);
  return withNetwork(model, async (network) => {
    const site = network.site(layer);
    const scorers = attributes.map(({ target }) => createScorer(network, { target, count: 1 }));
    let sums: RelationSums | undefined;
    let shape: readonly number[] = [];
    await forEachInputBatch(
      inputsOf(network, source),
      { ...run, stage: 'attributeRelations' },
      {
        job: (rows) => evidenceOf({ network, site, scorers, pattern }, rows),
        *consume(part) {
          const all = scorers.map((_, i) => part[`${i}`] as NdArray);
          shape = (all[0] as NdArray).shape.slice(1);
          const channels = shape.at(-1) as number;
          const places = shape.slice(0, -1).reduce((product, length) => product * length, 1);
          sums ??= relationSums(attributes.length, { places, channels, share });
          for (let row = 0; row < ((all[0] as NdArray).shape[0] as number); row++)
            yield* sums.add(all.map((array) => rowOf(array, row)));
        },
      },
    );
    if (!sums || sums.count < 2)
      throw new VitrineError('bad-argument', `"images" expected at least two images, got ${sums?.count ?? 0}`);
    await inSlices(sums.close(), run);
    return relationsOf(sums, { layer, names: attributes.map(({ name }) => name), expected, plane: shape.slice(0, -1) });
  });
}

const relationChecks: OptionChecks<AttributeRelationsOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  attributes: required(anything),
  pattern: oneOf(['contribution', 'gradient']),
  share: shareCheck,
  expected: anything,
};

interface RelationFacts {
  readonly layer: string;
  readonly names: readonly string[];
  readonly expected: (i: number, j: number) => Relation;
  readonly plane: readonly number[];
}

function relationsOf(sums: RelationSums, { layer, names, expected, plane }: RelationFacts): AttributeRelations {
  const k = names.length;
  const deviation = sums.cosines.variance().map((variance) => Math.sqrt(Math.max(variance, 0)));
  const found = pairsOf(k).map(([i, j]) => ({
    places: [i, j] as const,
    names: [names[i] as string, names[j] as string] as const,
    expected: expected(i, j),
    mean: sums.cosines.mean[i * k + j] as number,
    deviation: deviation[i * k + j] as number,
    chance: ((sums.chance.mean[i * k + j] as number) + (sums.chance.mean[j * k + i] as number)) / 2,
  }));
  const wanted = expectedGaussians(found);
  const pairs = found
    .map((pair): AttributePair => ({ ...pair, divergence: gaussianDivergence(wanted[pair.expected], pair) }))
    .sort((a, b) => b.divergence - a.divergence);
  const square = (data: Float64Array): NdArray<Float64Array> => ({ shape: [k, k], data });
  const divergence = new Float64Array(k * k);
  for (const {
    places: [i, j],
    divergence: value,
  } of pairs) {
    divergence[i * k + j] = value;
    divergence[j * k + i] = value;
  }
  return {
    layer,
    attributes: names,
    imageCount: sums.count,
    mean: square(Float64Array.from(sums.cosines.mean)),
    deviation: square(deviation),
    chance: square(Float64Array.from(sums.chance.mean)),
    divergence: square(divergence),
    pairs,
    failureModes: pairs.filter((pair) => pair.expected === 'unrelated'),
    blindSpots: pairs.filter((pair) => pair.expected !== 'unrelated'),
    ...(plane.length === 2 && {
      shared: { shape: [k, k, ...plane], data: sums.shared.map((sum) => sum / sums.count) },
    }),
  };
}

function pairsOf(k: number): readonly (readonly [number, number])[] {
  return Array.from({ length: k }, (_, i) =>
    Array.from({ length: k - i - 1 }, (_, j) => [i, i + j + 1] as const),
  ).flat();
}

function expectedOf(expected: AttributeRelationsOptions['expected'], k: number): RelationFacts['expected'] {
  if (expected === undefined) return () => 'unrelated';
  const isTable =
    Array.isArray(expected) && expected.length === k && expected.every((row) => Array.isArray(row) && row.length === k);
  if (!isTable)
    throw new VitrineError(
      'bad-argument',
      `"expected" expected ${k} rows of ${k} relations, got ${describe(expected)}`,
    );
  for (const [i, j] of pairsOf(k)) {
    const [one, other] = [expected[i]?.[j], expected[j]?.[i]];
    oneOf(['positive', 'negative', 'unrelated'])(`expected[${i}][${j}]`, one);
    if (one !== other)
      throw new VitrineError(
        'bad-argument',
        `"expected" expected the same of both sides, got ${describe(one)} at [${i}][${j}] and ${describe(other)} at [${j}][${i}]`,
      );
  }
  return (i, j) => expected[i]?.[j] as Relation;
}
