import { scaleChecks } from '../../../image/pixelScale.ts';
import { runChecks } from '../../../network/runChecks.ts';
import { assertNumber, assertNumbers, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import {
  assertOptions,
  count,
  number,
  type OptionChecks,
  object,
  oneOf,
  required,
  safeInteger,
  text,
} from '../../../numeric/options.ts';
import { assertModel } from '../assertModel.ts';
import type { SamplerWeights } from './samplers.ts';
import type { Encoder, Observed, SampleCodesOptions } from './types.ts';

/** Checks of the options of `sampleCodes`. */
export const samplingChecks: OptionChecks<SampleCodesOptions> = {
  ...scaleChecks,
  signal: runChecks.signal,
  onProgress: runChecks.onProgress,
  prior: oneOf(['decay', 'denoiser', 'encoder']),
  weights: assertWeights,
  balance: oneOf(['step', 'first', 'none']),
  denoiser: assertModel,
  encoder: assertEncoder,
  codes: object,
  start: assertStart,
  codeRange: assertRange,
  count: count(1),
  steps: count(0),
  stepSize: assertStepSize,
  scale: oneOf(['logit', 'probability', 'logProbability']),
  observed: assertObserved,
  seed: safeInteger,
};

const weight = number(0);
const weightChecks: OptionChecks<Partial<SamplerWeights>> = {
  prior: weight,
  condition: weight,
  noise: weight,
  inpainting: weight,
};

function assertWeights(argument: string, weights: unknown): void {
  object(argument, weights);
  assertOptions(weights as Partial<SamplerWeights>, weightChecks);
}

function assertEncoder(argument: string, encoder: unknown): void {
  object(argument, encoder);
  assertOptions(encoder as Encoder, { model: required(assertModel), layer: required(text) });
}

function assertObserved(argument: string, observed: unknown): void {
  object(argument, observed);
  assertOptions(observed as Observed, { picture: required(object), mask: required(object) });
}

function assertStart(argument: string, start: unknown): void {
  if (typeof start === 'object' && start !== null && 'shape' in start) return;
  if (start === 'noise' || start === 'codes' || start === 'units') return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected one of noise, codes, units, or codes {shape, data}, got ${describe(start)}`,
  );
}

function assertStepSize(argument: string, size: unknown): void {
  const ends: unknown = typeof size === 'number' ? [size, size] : size;
  assertNumbers(argument, ends, 2);
  ends.forEach((end, i) => assertNumber(`${argument}[${i}]`, end, 0));
}

function assertRange(argument: string, range: unknown): void {
  assertNumbers(argument, range, 2);
  const [low, high] = range as [number, number];
  if (low < high) return;
  throw new VitrineError('bad-argument', `"${argument}" expected [low, high] with low < high, got [${low}, ${high}]`);
}
