import type { ShapeName } from '../../src/dissection/synthetic/shapes.ts';
import { type Random, random } from '../../src/numeric/random.ts';
import { type ColorName, colors } from '../scenes/colors.ts';
import { drawScene } from '../scenes/drawScene.ts';
import { placed, type SceneObject } from '../scenes/scene.ts';

/** The side of the pictures in pixels. */
export const size = 32;

/** The shapes that questions are about. */
type AskedShape = Extract<ShapeName, 'circle' | 'cross' | 'triangle'>;
export const shapeNames: readonly AskedShape[] = ['circle', 'cross', 'triangle'];
export const colorNames = Object.keys(colors) as readonly ColorName[];

const plurals = { circle: 'circles', cross: 'crosses', triangle: 'triangles' } as const;

/** Every word by its token; the first one fills short questions up. */
export const words: readonly string[] = [
  '',
  ...['what', 'colour', 'shape', 'is', 'the', 'thing', 'how', 'many', 'are', 'there', 'a'],
  ...colorNames,
  ...shapeNames,
  ...Object.values(plurals),
];

/** The most words that a question has. */
export const questionLength = 6;

/** Every answer by its class. */
export const answers: readonly string[] = [...colorNames, ...shapeNames, '0', '1', '2', '3', 'yes', 'no'];

/** What is seen and asked about. */
interface Thing {
  readonly shape: AskedShape;
  readonly color: ColorName;
}

/** A generated scene and questions about it. */
export interface Item {
  readonly things: readonly Thing[];
  /** The same things where they are in the picture. */
  readonly objects: readonly SceneObject[];
  /** `[1, size, size, 3]`, from −1 to 1. */
  readonly picture: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly asked: readonly { readonly question: string; readonly answer: string }[];
}

/** Scene number `index` of the endless data set of a seed, with questions about it. */
export function item(seed: number, index: number, questions = 1): Item {
  const source = random(seed, index);
  const things = Array.from(
    { length: 1 + source.integer(3) },
    (): Thing => ({
      shape: pick(shapeNames, source),
      color: pick(colorNames, source),
    }),
  );
  const described = things.map(({ shape, color }) => ({ shape, color: colors[color] }));
  const objects = placed(described, { size, radius: [4.5, 6.5], gap: 1 }, source);
  const grey = 0.25 + 0.3 * source.uniform();
  const background = { color: [grey, grey, grey] as const, texture: 0.05, noise: 0.03 };
  const picture = drawScene(objects, { size, background, source });
  const asked = Array.from({ length: questions }, () => ask(things, source));
  return { things, objects, picture, asked: asked.map(([question, answer]) => ({ question, answer })) };
}

/** The tokens of a question, `[1, questionLength]`. */
export function tokensOf(question: string): { shape: number[]; data: Float32Array } {
  const found = question.split(' ').map((word) => words.indexOf(word));
  if (found.includes(-1)) throw new RangeError(`"question" expected words of ${words.join(' ')}, got "${question}"`);
  const data = new Float32Array(questionLength);
  data.set(found);
  return { shape: [1, questionLength], data };
}

/** A question of one of four kinds; those with a definite article only where one thing is meant. */
function ask(things: readonly Thing[], source: Random): readonly [question: string, answer: string] {
  const alone = (key: 'shape' | 'color'): readonly Thing[] =>
    things.filter((thing) => things.filter((other) => other[key] === thing[key]).length === 1);
  const kinds: (() => readonly [string, string])[] = [() => counting(things, source), () => existence(things, source)];
  const [ofShape, ofColor] = [alone('shape'), alone('color')];
  if (ofShape.length > 0) {
    const { shape, color } = pick(ofShape, source);
    kinds.push(() => [`what colour is the ${shape}`, color]);
  }
  if (ofColor.length > 0) {
    const { shape, color } = pick(ofColor, source);
    kinds.push(() => [`what shape is the ${color} thing`, shape]);
  }
  return pick(kinds, source)();
}

function counting(things: readonly Thing[], source: Random): readonly [string, string] {
  const shape = pick(shapeNames, source);
  const count = things.filter((thing) => thing.shape === shape).length;
  return [`how many ${plurals[shape]} are there`, String(count)];
}

/** Half of the questions are about a thing that is there, so that yes is as likely as no. */
function existence(things: readonly Thing[], source: Random): readonly [string, string] {
  const { shape, color } =
    source.uniform() < 0.5
      ? pick(things, source)
      : { shape: pick(shapeNames, source), color: pick(colorNames, source) };
  const there = things.some((thing) => thing.shape === shape && thing.color === color);
  return [`is there a ${color} ${shape}`, there ? 'yes' : 'no'];
}

function pick<T>(list: readonly T[], { integer }: Random): T {
  return list[integer(list.length)] as T;
}
