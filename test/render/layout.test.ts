import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TreeOutline } from '../../src/distillation/treeOutline.ts';
import { textWidth, wrapText } from '../../src/render/drawing/text.ts';
import { treeDiagram } from '../../src/render/treeDiagram.ts';

describe('wrapText(text, width, style)', () => {
  const style = { scale: 1 };
  const words = fc.array(fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/), { minLength: 1, maxLength: 8 });

  test('no line is wider than the width unless it is one letter, and no letter is lost', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 120 }), (all, width) => {
        const lines = wrapText(all.join(' '), width, style);
        for (const line of lines) expect(line.length === 1 || textWidth(line, style) <= width).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(all.join(''));
      }),
    );
  });

  test('a line ends where the next word does not fit any more', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 90, max: 200 }), (all, width) => {
        const lines = wrapText(all.join(' '), width, style);
        lines.slice(1).forEach((line, i) => {
          const [next] = line.split(' ') as [string];
          expect(textWidth(`${lines[i]} ${next}`, style)).toBeGreaterThan(width);
        });
        expect(lines.join(' ')).toBe(all.join(' '));
      }),
    );
  });
});

test('textWidth(text) adds up: a text is as wide as its parts and the strokes between them', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{1,10}$/), fc.stringMatching(/^[ -~]{1,10}$/), (a, b) => {
      const width = (text: string): number => textWidth(text, { scale: 3 });
      expect(width(a + b)).toBe(width(a) + width(b) + 3);
    }),
  );
});

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function numbersIn(svg: string, pattern: RegExp): readonly (readonly number[])[] {
  return [...svg.matchAll(pattern)].map((found) => found.slice(1).map(Number));
}

/** The boxes of a drawn tree, as they are in it: a node, then all below it. */
function boxesOf(svg: string): readonly Box[] {
  const rects = numbersIn(svg, /<rect x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="([-\d.]+)"/g);
  return rects.map(([left, top, width, height]) => ({ left, top, width, height }) as Box);
}

function trees(depth: number): fc.Arbitrary<TreeOutline> {
  return fc.record({
    label: fc.stringMatching(/^[a-z<&]{1,20}$/),
    children: depth === 0 ? fc.constant([]) : fc.array(trees(depth - 1), { maxLength: 3 }),
  });
}

const tree = trees(3);

function* edgesOf({ children }: TreeOutline, next: { place: number }): Generator<readonly [number, number]> {
  const own = next.place++;
  for (const child of children) {
    yield [own, next.place];
    yield* edgesOf(child, next);
  }
}

describe('treeDiagram(root)', () => {
  test('each curve goes from the bottom of a node to the top of its child, a level below', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const svg = treeDiagram(root);
        const boxes = boxesOf(svg);
        const curves = numbersIn(
          svg,
          /<path d="M([-\d.]+) ([-\d.]+)C[-\d.]+ [-\d.]+ [-\d.]+ [-\d.]+ ([-\d.]+) ([-\d.]+)"/g,
        );
        const edges = [...edgesOf(root, { place: 0 })];
        expect(curves).toHaveLength(edges.length);
        edges.forEach(([from, to], i) => {
          const [above, below] = [boxes[from] as Box, boxes[to] as Box];
          const [x1, y1, x2, y2] = curves[i] as [number, number, number, number];
          expect(x1).toBeCloseTo(above.left + above.width / 2, 9);
          expect(y1).toBeCloseTo(above.top + above.height, 9);
          expect(x2).toBeCloseTo(below.left + below.width / 2, 9);
          expect(y2).toBeCloseTo(below.top, 9);
          expect(below.top).toBeGreaterThan(above.top + above.height);
        });
      }),
    );
  });

  test('no two boxes overlap, and all lie within the picture', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const svg = treeDiagram(root);
        const [[right, bottom]] = numbersIn(svg, /viewBox="0 0 ([\d.]+) ([\d.]+)"/g) as [[number, number]];
        const boxes = boxesOf(svg);
        boxes.forEach((box, i) => {
          expect(box.left >= 0 && box.top >= 0).toBe(true);
          expect(box.left + box.width <= right && box.top + box.height <= bottom).toBe(true);
          for (const other of boxes.slice(0, i)) {
            const apart = box.left >= other.left + other.width || other.left >= box.left + box.width;
            expect(apart || box.top >= other.top + other.height || other.top >= box.top + box.height).toBe(true);
          }
        });
      }),
    );
  });

  test('a parent is over the middle between its first and its last child', () => {
    const leaf = (label: string): TreeOutline => ({ label, children: [] });
    const [root, ...leaves] = boxesOf(treeDiagram({ label: 'x', children: ['a', 'bb', 'cc', 'ddd'].map(leaf) }));
    const middle = ({ left, width }: Box): number => left + width / 2;
    expect(middle(root as Box)).toBeCloseTo((middle(leaves[0] as Box) + middle(leaves[3] as Box)) / 2, 9);
    const [wide, only] = boxesOf(treeDiagram({ label: 'a label that is wide', children: [leaf('b')] }));
    expect(middle(only as Box)).toBeCloseTo(middle(wide as Box), 9);
  });
});
