import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bump } from '../../../../src/diagnosis/attacks/scores/square/bumps.ts';
import { squareSchedule } from '../../../../src/diagnosis/attacks/scores/square/squareSchedule.ts';
import { attacks } from '../../../../src/diagnosis/index.ts';
import { rowOf, sizeOf } from '../../../../src/numeric/ndarray.ts';
import { plainSquare } from '../../../oracle/square.ts';
import { pictureClassifier, randomPictures } from '../../../support/pictureClassifier.ts';

const bounds = [0, 1] as const;

test('squares shrink as in the released code', () => {
  const plain = squareSchedule({ evaluations: 5000, share: 0.8, rescale: false });
  const shares = [0, 10, 11, 50, 51, 201, 501, 1001, 2001, 4001].map((query) => 0.8 / plain(query));
  expect(shares).toEqual([1, 1, 2, 2, 4, 8, 16, 32, 64, 128]);
  const rescaled = squareSchedule({ evaluations: 500, share: 0.8, rescale: true });
  expect([0, 1, 2, 3, 26, 401].map((query) => 0.8 / rescaled(query))).toEqual([1, 2, 2, 4, 16, 512]);
});

test('pictures followed alone end where whole passes lead', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(3);
  const options = { bounds, epsilon: 0.05, evaluations: 80 };
  const followed = await attacks.square(model, x, { ...options, batchSize: 1 });
  const whole = await attacks.square(model, x, { ...options, batchSize: 3 });
  expect(whole.queries).toEqual(followed.queries);
  expect(whole.success).toEqual(followed.success);
  expect(whole.adversarial).toEqual(followed.adversarial);
  model.dispose();
});

test('changes stay in the ball and within the bounds, and end at the first success', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(2);
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.01, max: 0.5, noNaN: true }), fc.integer(), async (epsilon, seed) => {
      const found = await attacks.square(model, x, { bounds, epsilon, seed, evaluations: 20, batchSize: 2 });
      expect(Math.max(...found.distance)).toBeLessThan(epsilon + 1e-6);
      expect(Math.min(...found.adversarial.data)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...found.adversarial.data)).toBeLessThanOrEqual(1);
      expect([...found.gradients]).toEqual([0, 0]);
      found.success.forEach((isSuccess, i) => expect(isSuccess || found.queries[i] === 20).toBe(true));
    }),
    { numRuns: 8 },
  );
  model.dispose();
});

test('a single query makes vertical stripes', async () => {
  const model = pictureClassifier(4);
  const x = { shape: [1, 12, 10, 3], data: new Float32Array(360).fill(0.5) };
  const { adversarial, queries } = await attacks.square(model, x, { bounds, epsilon: [0.1, 0.2, 0.3], evaluations: 1 });
  const row = [...adversarial.data.slice(0, 30)];
  expect([...adversarial.data]).toEqual(Array.from({ length: 360 }, (_, i) => row[i % 30]));
  row.forEach((value, i) => expect(Math.abs(value - 0.5)).toBeCloseTo([0.1, 0.2, 0.3][i % 3] as number, 6));
  expect(new Set(row).size).toBe(6);
  expect([...queries]).toEqual([1]);
  model.dispose();
});

test('no length leaves examples as they are, each of which is asked about as often as allowed', async () => {
  const model = pictureClassifier(3);
  const x = randomPictures(2);
  const found = await attacks.square(model, x, { bounds, epsilon: 0, evaluations: 5 });
  expect(found.adversarial.data).toEqual(x.data);
  expect([...found.queries]).toEqual([5, 5]);
  model.dispose();
});

test('a plain loop with whole predictions goes the same way', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(1);
  const settings = { epsilon: 0.3, evaluations: 60, share: 0.5 };
  const found = await attacks.square(model, x, { bounds, label: 2, criterion: { target: 3 }, seed: 4, ...settings });
  const plain = await plainSquare(model, x, { goal: 3, seed: 4, ...settings });
  expect([...found.queries]).toEqual([plain.queries]);
  expect([...found.adversarial.data]).toEqual([...plain.picture]);
  expect(plain.accepted).toBeGreaterThan(3);
  expect(plain.accepted).toBeLessThan(40);
  model.dispose();
});

test('changes are of whole squares in each channel', async () => {
  const model = pictureClassifier(4);
  const x = { shape: [1, 12, 10, 3], data: new Float32Array(360).fill(0.5) };
  const { adversarial } = await attacks.square(model, x, { bounds, epsilon: 0.01, evaluations: 30 });
  const lengths = new Set([...rowOf(adversarial, 0)].map((value) => Math.round((value - 0.5) * 1e4)));
  expect([...lengths].every((length) => Math.abs(length) === 100)).toBe(true);
  expect(sizeOf(adversarial.shape)).toBe(360);
  model.dispose();
});

test('a bump is two piles, one up and one down', () => {
  // By hand: heights 1 + 1/4 in the middle of a pile and 1/4 around it.
  const [first, second] = [Math.hypot(0.25, 1.25, 0.25), Math.hypot(0.25, 0.25, 0.25, 0.25, 1.25, 0.25)];
  const up = [0.25, 1.25, 0.25].map((height) => height / first / Math.SQRT2);
  const down = [0.25, 0.25, 0.25, 0.25, 1.25, 0.25].map((height) => -height / second / Math.SQRT2);
  const upright = bump(3, { uniform: () => 0.1, normal: () => 0, integer: () => 0 });
  [...up, ...down].forEach((value, i) => expect(upright[i]).toBeCloseTo(value, 9));
  const turned = bump(3, { uniform: () => 0.9, normal: () => 0, integer: () => 0 });
  turned.forEach((value, i) => expect(value).toBe(upright[(i % 3) * 3 + Math.floor(i / 3)]));
});

test('in the Euclidean norm a change has the whole length, and gets better', async () => {
  const model = pictureClassifier(4);
  const x = {
    shape: [2, 12, 10, 3],
    data: Float32Array.from({ length: 720 }, (_, i) => 0.3 + (0.4 * ((i * 7) % 11)) / 11),
  };
  const options = { bounds, epsilon: 0.2, norm: 'l2', criterion: { target: 3 }, label: 2 } as const;
  const start = await attacks.square(model, x, { ...options, evaluations: 1 });
  const found = await attacks.square(model, x, { ...options, evaluations: 60 });
  for (const { distance } of [start, found]) distance.forEach((length) => expect(length).toBeCloseTo(0.2, 5));
  const likely = ({ confidence }: typeof found): readonly number[] => [...confidence.after];
  likely(found).forEach((confidence, i) => expect(confidence).toBeLessThan(likely(start)[i] as number));
  const whole = await attacks.square(model, x, { ...options, evaluations: 60, batchSize: 2 });
  expect(whole.queries).toEqual(found.queries);
  whole.adversarial.data.forEach((value, i) => expect(value).toBeCloseTo(found.adversarial.data[i] as number, 5));
  model.dispose();
});

test.each([
  [{ evaluations: 0 }, /"evaluations" expected/],
  [{ share: 0 }, /"share" expected/],
  [{ epsilon: -1 }, /"epsilon" expected/],
  [{ epsilon: [0.1, 0.1] }, /"epsilon" expected a number, or one for each of 3 channels/],
  [{ rescale: 1 as never }, /"rescale" expected true or false/],
])('%j is refused', async (wrong, message) => {
  const model = pictureClassifier(3);
  await expect(attacks.square(model, randomPictures(1), { bounds, epsilon: 0.1, ...wrong })).rejects.toThrow(message);
  model.dispose();
});
