import { assertPicture } from '../../image/assertPicture.ts';
import { assertArray, assertFiniteArray, assertInteger, assertNumbers, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import { listOf, object, text } from '../../numeric/options.ts';
import type { SemanticDictionary } from '../../visualization/index.ts';
import type { SpriteSheet } from './spriteSheet.ts';

/** What the page shows of a dictionary. */
export type ShownDictionary = Pick<SemanticDictionary, 'layer' | 'units' | 'values' | 'start'>;

/** Refuses what is no dictionary. */
export function assertDictionary(dictionary: ShownDictionary): void {
  object('dictionary', dictionary);
  const { layer, units, values, start } = dictionary;
  text('dictionary.layer', layer);
  assertArray('dictionary.units', units, [4]);
  assertArray('dictionary.values', values, [4]);
  assertFiniteArray('dictionary.values', values);
  if (!sameShape(units.shape, values.shape)) {
    const [expected, got] = [units.shape, values.shape].map((shape) => `[${shape.join(', ')}]`);
    throw new VitrineError('bad-shape', `"dictionary.values" expected shape ${expected}, got ${got}`);
  }
  const places = units.shape.slice(1, 3);
  listOf((argument, position) => assertPosition(argument, position, places))('dictionary.start', start);
}

function assertPosition(argument: string, position: unknown, places: readonly number[]): void {
  assertNumbers(argument, position, 2);
  position.forEach((index, axis) => {
    assertInteger(`${argument}[${axis}]`, index, [0, (places[axis] as number) - 1]);
  });
}

/** Refuses an example that there is not. */
export function assertExample({ units, start }: ShownDictionary, example: number): void {
  const count = Math.min(units.shape[0] as number, start.length);
  if (example < count) return;
  throw new VitrineError('bad-argument', `"example" expected one of ${count}, from 0, got ${example}`);
}

/** Refuses what is no sheet of icons of units. */
export function assertIcons({ picture, index }: SpriteSheet<{ readonly unit: number }>): void {
  assertPicture('icons.picture', picture);
  const sprites: unknown = index?.sprites;
  const names = Array.isArray(sprites) && sprites.every((sprite) => Number.isInteger(sprite?.unit));
  if (names) return;
  throw new VitrineError(
    'bad-argument',
    `"icons" expected a sheet of spriteSheet with data [{ unit }, …], got ${describe(sprites)}`,
  );
}
