import { expect, test } from 'vitest';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { dissectionJson, parseDissection } from '../../src/dissection/results/dissectionJson.ts';
import type { Dissection } from '../../src/dissection/types.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

function dissected(): Promise<Dissection> {
  const samples = randomLabelled({ images: 6, positions: [4, 4], pixels: [8, 8], units: 6 }, 3);
  return dissectActivations(samples, { concepts, quantile: 0.2, threshold: 0.1, upsampling: 'fill' });
}

/** The JSON with one entry in place of another. */
function changed(json: string, change: object): string {
  return JSON.stringify({ ...JSON.parse(json), ...change });
}

test('what is read is what was written, to the bit', async () => {
  const dissection = await dissected();
  const again = parseDissection(dissectionJson(dissection));
  expect(again).toStrictEqual(dissection);
  expect(again.detectors).toBeGreaterThan(0);
  expect(dissectionJson(again)).toBe(dissectionJson(dissection));
});

test('thresholds that no decimal fraction is are kept', async () => {
  const dissection = await dissected();
  const thresholds = dissection.thresholds.map((_, unit) => Math.fround(Math.PI * 10 ** (unit * 5 - 12)));
  const { thresholds: again } = parseDissection(dissectionJson({ ...dissection, thresholds }));
  expect(again).toStrictEqual(thresholds);
});

test('names keep what JSON escapes', async () => {
  const dissection = await dissected();
  const named = dissection.concepts.map((concept) => ({ ...concept, name: `"${concept.name}"\n\u2028</script>` }));
  expect(parseDissection(dissectionJson({ ...dissection, concepts: named })).concepts).toEqual(named);
});

test('numbers that are none are not written', async () => {
  const dissection = await dissected();
  const thresholds = dissection.thresholds.slice().fill(Number.NaN, 2);
  expect(() => dissectionJson({ ...dissection, thresholds })).toThrow(
    new VitrineError('not-finite', '"dissection.thresholds" expected finite numbers, got NaN'),
  );
});

test.each<[string, object, string]>([
  ['another version', { version: 2 }, '"json.version" expected 1, got 2'],
  ['another format', { format: 'x' }, '"json" expected a dissection of format "vitrine/dissection", got "x"'],
  ['a table cut short', { truth: [1] }, '"json.truth" expected 5 numbers, got 1'],
  ['a table for other units', { thresholds: [1, 2] }, '"json.intersection" expected 10 numbers, got 30'],
  ['a missing table', { mask: undefined }, '"json.mask" expected a list, got undefined'],
  ['null in a table', { mask: [1, 2, null, 4, 5, 6] }, '"json.mask[2]" expected a finite number, got null'],
  ['no size', { size: [8] }, '"json.size" expected 2 numbers, got 1'],
  ['a concept without a name', { concepts: [{ number: 1 }] }, '"json.concepts[0]" expected a number, a name and'],
  [
    'a threshold that is none',
    { threshold: '0.04' },
    '"json.threshold" expected a finite number of at least 0, got "0.04"',
  ],
])('%s is refused', async (_, change, message) => {
  const json = dissectionJson(await dissected());
  expect(() => parseDissection(changed(json, change))).toThrow(message);
});

test('text that is no JSON is refused', async () => {
  const json = dissectionJson(await dissected());
  expect(() => parseDissection(json.slice(0, -9))).toThrow(VitrineError);
  expect(() => parseDissection(json.slice(0, -9))).toThrow('"json" expected JSON, got text that is none: ');
  expect(() => parseDissection('[1]')).toThrow('"json" expected a dissection, got [1]');
});
