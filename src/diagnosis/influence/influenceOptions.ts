import { runChecks } from '../../network/runChecks.ts';
import { VitrineError } from '../../numeric/errors.ts';
import {
  anything,
  assertOptions,
  type Check,
  count,
  flag,
  listOf,
  number,
  type OptionChecks,
  oneOf,
  record,
  safeInteger,
} from '../../numeric/options.ts';
import type { LissaSettings } from './head/types.ts';
import type { InfluenceMethod, InfluenceOptions } from './types.ts';

const lissaChecks: OptionChecks<LissaSettings> = {
  scale: number(Number.MIN_VALUE),
  steps: count(1),
  samples: count(1),
  repeats: count(1),
};

/** How LiSSA goes, as a plain object. */
export const lissaCheck: Check = (argument, value) => {
  record(argument, value);
  assertOptions(value as LissaSettings, lissaChecks);
};

const checks: OptionChecks<InfluenceOptions> = {
  ...runChecks,
  parameters: anything,
  method: oneOf(['exact', 'cg', 'lissa', 'representer', 'tracIn', 'ekfac']),
  penalty: number(0),
  damping: number(0),
  refit: flag,
  lissa: lissaCheck,
  checkpoints: listOf(record),
  samples(argument, value) {
    if (value !== 'all') count(1)(argument, value);
  },
  output: anything,
  seed: safeInteger,
};

/** Refuses options that no estimate of influence has, or that do not go together. */
export function assertInfluenceOptions(options: InfluenceOptions): void {
  assertOptions(options, checks);
  const method = methodOf(options);
  const { parameters = 'head', penalty } = options;
  assertParameters(parameters);
  if (options.checkpoints !== undefined && method !== 'tracIn')
    throw new VitrineError('bad-argument', `"checkpoints" expected method "tracIn", got "${method}"`);
  if (method === 'representer' && penalty === 0)
    throw new VitrineError('bad-argument', '"penalty" expected more than 0 for method "representer", got 0');
  if (isAllLayers(method, options)) {
    if (options.refit)
      throw new VitrineError(
        'bad-argument',
        `"refit" expected a method of the head, got "${method}"; give what refitHead returns as the model`,
      );
    return;
  }
  if (parameters !== 'head')
    throw new VitrineError(
      'bad-argument',
      `"method" expected one of ekfac, tracIn for other "parameters" than "head", got "${method}"`,
    );
}

/** The method that options ask for. */
export function methodOf({ method, parameters = 'head' }: InfluenceOptions): InfluenceMethod {
  return method ?? (parameters === 'head' ? 'exact' : 'ekfac');
}

/** Whether a method takes gradients by weights of any layer. */
export function isAllLayers(
  method: InfluenceMethod,
  { parameters = 'head', checkpoints }: InfluenceOptions,
): method is 'ekfac' | 'tracIn' {
  return method === 'ekfac' || (method === 'tracIn' && (parameters !== 'head' || checkpoints !== undefined));
}

function assertParameters(parameters: InfluenceOptions['parameters']): void {
  const isList =
    Array.isArray(parameters) && parameters.length > 0 && parameters.every((item) => typeof item === 'string');
  if (isList || parameters === 'head' || parameters === 'all') return;
  throw new VitrineError('bad-argument', `"parameters" expected 'head', 'all' or a list of addresses of layers`);
}
