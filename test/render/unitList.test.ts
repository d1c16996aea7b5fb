import { expect, test } from 'vitest';
import { sortedUnits } from '../../src/render/dissectionReport/unitList.ts';

/** A unit whose best concept is of a category, `label` being both. */
function unit(number: number, label: string, iou: number, detector = true): Parameters<typeof sortedUnits>[0][number] {
  const [concept, category] = label.split(' ') as [string, string];
  return { unit: number, threshold: 1, detector, matches: [{ concept, category, iou }], images: [] } as never;
}

const numbers = (units: Parameters<typeof sortedUnits>[0], order: 'label' | 'score' | 'unit'): readonly number[] =>
  sortedUnits(units, order, ['object', 'color']).map((one) => one.unit);

test('by label, concepts of equally many detectors are in the order of the best one, then of their names', () => {
  const units = [
    unit(0, 'tree object', 0.2),
    unit(1, 'sky object', 0.2),
    unit(2, 'cat object', 0.1),
    unit(3, 'car object', 0.3),
    unit(4, 'dog object', 0.1),
    unit(5, 'dog object', 0.1),
  ];
  expect(numbers(units, 'label')).toEqual([4, 5, 3, 1, 0, 2]);
  expect(numbers([...units].reverse(), 'label')).toEqual([4, 5, 3, 1, 0, 2]);
});

test('by label, the category goes before the number of detectors, and units that are none are last, the best first', () => {
  const units = [
    unit(0, 'red color', 0.9),
    unit(1, 'red color', 0.5),
    unit(2, 'red object', 0.05),
    unit(3, 'cat object', 0.03, false),
    unit(4, 'cat object', 0.04, false),
    unit(5, 'cat object', 0.04, false),
  ];
  expect(numbers(units, 'label')).toEqual([2, 0, 1, 4, 5, 3]);
});

test('by score, the best are first and of equals the lower number', () => {
  const units = [unit(2, 'a object', 0.1), unit(1, 'b object', 0.3, false), unit(0, 'c object', 0.1)];
  expect(numbers(units, 'score')).toEqual([1, 0, 2]);
  expect(numbers(units, 'unit')).toEqual([0, 1, 2]);
});
