import { kind } from '../../numeric/options.ts';
import type { ColoredParameterization } from './colors/colored.ts';
import type { Parameterization } from './parameterization.ts';

type Members = Readonly<Record<string, unknown>>;

/** Refuses what makes no pictures: an object with functions `start` and `render`, and others where they are given. */
export const assertParameterization: (argument: string, value: Parameterization) => void = kind(
  'a parameterization, such as parameterizations.fourier()',
  isParameterization,
);

/** Refuses what has no raw pictures before colors and limits. */
export const assertColored: (argument: string, value: ColoredParameterization) => void = kind(
  'parameterizations.fourier(), pixels(), pyramid(), lowResolution(), cppn() or maco()',
  (value) => isParameterization(value) && typeof (value as Members)['changed'] === 'function',
);

function isParameterization(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, start, render, ...others } = value as Members;
  const optional = ['from', 'tables', 'pullback'].map((member) => others[member]);
  return (
    typeof name === 'string' &&
    [start, render].every((member) => typeof member === 'function') &&
    optional.every((member) => member === undefined || typeof member === 'function')
  );
}
