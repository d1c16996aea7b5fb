import { expect, test } from 'vitest';
import type { TreeOutline } from '../../src/distillation/treeOutline.ts';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { picture } from '../../src/image/picture.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { treeDiagram } from '../../src/render/treeDiagram.ts';

const dot = picture(1, 1, Uint8ClampedArray.of(1, 2, 3, 255));

const leaf = (label: string): TreeOutline => ({ label, children: [], thumbnail: dot });
const tree: TreeOutline = {
  label: 'root of all',
  detail: '5 leaves',
  children: [
    { label: 'left', children: [leaf('a'), leaf('b'), leaf('c')] },
    { label: 'a rather long name in the middle', children: [leaf('d')] },
    leaf('e'),
  ],
};

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxesOf(svg: string): readonly Box[] {
  return [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map((found) => {
    const [x, y, width, height] = found.slice(1).map(Number) as [number, number, number, number];
    return { x, y, width, height };
  });
}

test('a box for each node, a curve for each edge, in the picture and apart from each other', () => {
  const svg = treeDiagram(tree);
  const boxes = boxesOf(svg);
  expect(boxes).toHaveLength(8);
  expect(svg.match(/<path /g)).toHaveLength(7);
  const [, width, height] = (svg.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/) ?? []).map(Number) as [
    number,
    number,
    number,
  ];
  boxes.forEach((box, i) => {
    expect(Math.min(box.x, box.y)).toBeGreaterThan(0);
    expect(box.x + box.width).toBeLessThan(width);
    expect(box.y + box.height).toBeLessThan(height);
    for (const other of boxes.slice(0, i)) {
      const apart = box.x >= other.x + other.width || other.x >= box.x + box.width;
      const above = box.y >= other.y + other.height || other.y >= box.y + box.height;
      expect(apart || above).toBe(true);
    }
  });
});

test('thumbnails are in it, text is escaped', async () => {
  const svg = treeDiagram({ label: '<b>&', detail: '"1 > 0"', children: [leaf('x')] });
  const [, data] = svg.match(/href="data:image\/png;base64,([^"]+)"/) as unknown as [string, string];
  expect(await decodeImage(Buffer.from(data, 'base64'))).toEqual(dot);
  expect(svg).toContain('<title>&lt;b&gt;&amp;</title>');
  expect(svg).not.toContain('<b>');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  expect(svg.match(/<g>/g)).toHaveLength(2);
});

test('treeDiagram() refuses what is no tree', () => {
  expect(() => treeDiagram({ label: 'a', children: [{ label: 3 as never, children: [] }] })).toThrow(
    new VitrineError('bad-argument', '"root.children[0].label" expected a string, got 3'),
  );
  expect(() => treeDiagram({ label: 'a' } as never)).toThrow('"root.children" expected a list, got undefined');
  expect(() => treeDiagram({ label: 'a', children: [], thumbnail: 1 as never })).toThrow('"root.thumbnail" expected');
  expect(() => treeDiagram(tree, { thumbnailSize: 0 })).toThrow(
    '"thumbnailSize" expected a finite number of at least 1',
  );
});
