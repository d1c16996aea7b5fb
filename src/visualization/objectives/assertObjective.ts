import { assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Objective } from './objective.ts';

/** What tells the objects apart that are objectives. */
const words = ['layer', 'layers', 'class', 'box', 'output', 'sum', 'pictures', 'picture'];

/** Refuses what is no objective of any kind; what is in it is looked at with the network that it is for. */
export function assertObjective(argument: string, objective: unknown): asserts objective is Objective {
  if (typeof objective === 'number') {
    assertInteger(argument, objective, [0, Number.POSITIVE_INFINITY]);
    return;
  }
  if (objective === 'predicted') {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected a class, since what is predicted changes with the picture, got "predicted"`,
    );
  }
  if (typeof objective === 'function' || isClasses(objective) || isDescribed(objective)) return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected a target or another objective, got ${describe(objective)}`,
  );
}

function isClasses(value: unknown): boolean {
  return (Array.isArray(value) || value instanceof Int32Array) && value.length > 0 && value.every(Number.isInteger);
}

function isDescribed(value: unknown): boolean {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false;
  return words.some((word) => word in (value as object));
}
