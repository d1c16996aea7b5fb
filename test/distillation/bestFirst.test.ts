import { expect, test } from 'vitest';
import { bestFirst } from '../../src/distillation/rationale/bestFirst.ts';
import { random } from '../../src/numeric/random.ts';

test.each([0, 1, 2, 7, 64, 65])('the order of a stable sort, of %i values with ties', (count) => {
  const { integer } = random(3, count);
  const values = Float64Array.from({ length: count }, () => integer(9) - 4);
  const sorted = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number));
  expect([...bestFirst(values, Int32Array.from(values.keys()))]).toEqual(sorted);
  const some = Int32Array.from(values.keys()).filter((place) => place % 3 === 1);
  expect([...bestFirst(values, some)]).toEqual(sorted.filter((place) => place % 3 === 1));
});
