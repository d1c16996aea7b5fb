import { assertArray, assertInteger, assertNumber, assertNumbers, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { conceptList } from '../counting/checks.ts';
import type { Dissection } from '../types.ts';

/** Refuses what is not as a dissection is, or has tables that do not fit each other. */
export function assertDissection(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new VitrineError('bad-argument', `"${argument}" expected a dissection, got ${describe(value)}`);
  }
  const { concepts, categories, thresholds, units, ...own } = value as Dissection;
  conceptList(`${argument}.concepts`, concepts);
  assertTexts(`${argument}.categories`, categories);
  assertFloats(`${argument}.thresholds`, thresholds);
  const sizes = { units: thresholds.length, concepts: concepts.length, categories: categories.length };
  assertTable(`${argument}.intersection`, own.intersection, [sizes.units, sizes.concepts]);
  assertTable(`${argument}.iou`, own.iou, [sizes.units, sizes.concepts]);
  assertTable(`${argument}.area`, own.area, [sizes.units, sizes.categories]);
  assertFloats(`${argument}.mask`, own.mask, sizes.units);
  assertFloats(`${argument}.truth`, own.truth, sizes.concepts);
  assertFloats(`${argument}.extent`, own.extent, sizes.categories);
  assertNumber(`${argument}.threshold`, own.threshold, 0);
  assertInteger(`${argument}.imageCount`, own.imageCount, [1, Number.POSITIVE_INFINITY]);
  assertNumbers(`${argument}.size`, own.size, 2);
  if (Array.isArray(units) && units.length === sizes.units && units.every(isReport)) return;
  throw new VitrineError('bad-argument', `"${argument}.units" expected a report of each unit, got ${describe(units)}`);
}

function isReport(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'best' in value && 'byCategory' in value;
}

function assertTexts(argument: string, value: unknown): void {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return;
  throw new VitrineError('bad-argument', `"${argument}" expected a list of names, got ${describe(value)}`);
}

function assertFloats(argument: string, value: unknown, length?: number): void {
  if (value instanceof Float64Array && (length === undefined || value.length === length)) return;
  const expected = length === undefined ? 'a Float64Array' : `a Float64Array of ${length}`;
  throw new VitrineError('bad-argument', `"${argument}" expected ${expected}, got ${describe(value)}`);
}

function assertTable(argument: string, table: NdArray<Float64Array>, shape: readonly [number, number]): void {
  assertArray(argument, table, [2]);
  if (table.shape[0] === shape[0] && table.shape[1] === shape[1]) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected shape [${shape.join(', ')}], got [${table.shape.join(', ')}]`,
  );
}
