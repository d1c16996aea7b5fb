import type { PixelScale } from '../../../image/pixelScale.ts';
import type { Network } from '../../../network/network.ts';
import { assertArray, assertFiniteArray } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../../numeric/ndarray.ts';
import { modelScale } from '../../ascent/modelScale.ts';
import { assertGenerator } from '../assertGenerator.ts';
import { codeStatistics } from '../codeStatistics.ts';
import type { CodeSampling } from './codeSampling.ts';
import { startCodes } from './codeStart.ts';
import { type Sampler, samplers } from './samplers.ts';
import type { Observed, SampleCodesSettings } from './types.ts';

/** What the samples of all objectives of a call have in common, and where those of each begin. */
export interface PlannedSampling extends Omit<CodeSampling, 'objective' | 'prior' | 'start' | 'group'> {
  readonly sampler: Sampler;
  readonly count: number;
  readonly startOf: (group: number) => NdArray;
}

/** Checks a generator against a network and fills in what the options leave out. */
export function plannedSampling(
  generator: Network,
  network: Network,
  options: PixelScale & SampleCodesSettings,
): PlannedSampling {
  const { count = 8, steps = 200, seed = 0, signal, observed } = options;
  assertGenerator('generator', generator, { pictures: network.inputs[0].shape });
  const codes = checkedCodes(options.codes, generator);
  const known = codes && codeStatistics(codes);
  const shape = [count, ...codeShape(generator)];
  const start = options.start ?? (codes ? 'units' : 'noise');
  const sampler = samplerOf(options);
  return {
    generator,
    network,
    toModel: modelScale(options, network.inputs[0].shape[3] as number),
    sampler,
    ...sampler,
    count,
    steps,
    stepSize: stepSizes(options.stepSize ?? [0.05 * (known?.magnitude ?? 1), 0], steps),
    codeRange: options.codeRange ?? known?.range,
    deviations: known?.deviations,
    observed: observed && checkedObserved(observed, generator, count),
    seed,
    signal,
    startOf: (group) => startCodes({ start, codes, shape, seed, group }),
  };
}

function samplerOf({ prior = 'denoiser', weights, balance = 'step' }: SampleCodesSettings): Sampler {
  return { prior, weights: { ...samplers.ppgnH.weights, ...weights }, balance };
}

function codeShape(generator: Network): readonly number[] {
  const lengths = generator.inputs[0].shape.slice(1);
  if (lengths.every((length) => length !== null)) return lengths as number[];
  throw new VitrineError(
    'unsupported',
    `"generator" expected a model whose codes have one shape, got [${lengths.map((length) => length ?? '?').join(', ')}]`,
  );
}

function checkedCodes(codes: NdArray | undefined, generator: Network): NdArray | undefined {
  if (!codes) return undefined;
  const shape = codeShape(generator);
  assertArray('codes', codes, [shape.length + 1]);
  assertFiniteArray('codes', codes);
  if (sameShape(codes.shape.slice(1), shape)) return codes;
  throw new VitrineError(
    'bad-shape',
    `"codes" expected examples of the generator's codes, [m, ${shape.join(', ')}], got [${codes.shape.join(', ')}]`,
  );
}

/** s_t, linear from the first step to the last. */
function stepSizes(given: number | readonly [number, number], steps: number): (step: number) => number {
  const [first, last] = typeof given === 'number' ? [given, given] : given;
  return (step) => first + ((last - first) * step) / Math.max(1, steps - 1);
}

function checkedObserved({ picture, mask }: Observed, generator: Network, count: number): Observed {
  const [rows, columns, channels] = generator.heads[0].site.shape.slice(1) as [number, number, number];
  assertArray('observed.picture', picture, [3, 4]);
  assertFiniteArray('observed.picture', picture);
  assertArray('observed.mask', mask, [2]);
  assertFiniteArray('observed.mask', mask);
  const one = [rows, columns, channels];
  const fits = [one, [1, ...one], [count, ...one]].some((shape) => sameShape(picture.shape, shape));
  if (fits && sameShape(mask.shape, [rows, columns])) return { picture, mask };
  throw new VitrineError(
    'bad-shape',
    `"observed" expected a picture [${one.join(', ')}] and a mask [${rows}, ${columns}], got [${picture.shape.join(', ')}] and [${mask.shape.join(', ')}]`,
  );
}
