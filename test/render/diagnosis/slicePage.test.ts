import { describe, expect, test } from 'vitest';
import { describeSlices, findSlices } from '../../../src/diagnosis/index.ts';
import { picture } from '../../../src/image/index.ts';
import { type ShownSlices, sliceChart, slicePage } from '../../../src/render/index.ts';

const embeddings = { shape: [6, 1], data: Float32Array.of(0, 0.1, 0.2, 5, 5.1, 5.2) };
const ones = [0.1, 0.2, 0.1, 0.1, 0.2, 0.7];
const examples = {
  embeddings,
  labels: [0, 0, 0, 1, 1, 1],
  probabilities: { shape: [6, 2], data: Float32Array.from(ones.flatMap((one) => [1 - one, one])) },
};
const found = await findSlices(examples, { components: 3, count: 2 });

describe('slicePage', () => {
  test('says of each slice how often it errs, what it takes for what, and what its members share', () => {
    const features = { shape: [6, 1], data: Uint8Array.of(0, 0, 0, 1, 1, 0) };
    const html = slicePage(found, {
      labels: ['cat & dog', '<dog>'],
      descriptions: describeSlices(found.slices, { features, names: ['on grass'] }),
      title: 'Where it fails',
      text: 'One.\n\nTwo.',
    });
    expect(html).toContain('<h1>Where it fails</h1>\n<p>One.</p>\n<p>Two.</p>');
    expect(html.match(/<h2>Slice \d<\/h2>/g)).toHaveLength(found.slices.length);
    const [worst] = found.slices;
    expect(worst?.errorRate).toBe(2 / 3);
    expect(html).toContain(
      `errs on 67 % (${Math.round(100 * (worst?.interval.low as number))} % to ${Math.round(100 * (worst?.interval.high as number))} %) of 3 examples`,
    );
    expect(html).toContain('Most frequent: &lt;dog&gt; taken for cat &amp; dog (2).');
    expect(html).toContain('<td>on grass</td><td class="number">0.667</td><td class="number">0</td>');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('held-out');
  });

  test('shows the first members, as many as are wanted', () => {
    const pictures = Array.from({ length: 6 }, () => picture(4, 4));
    const html = slicePage(found, { pictures, examples: 1 });
    expect(html.match(/<figcaption>/g)).toHaveLength(found.slices.length);
    const first = found.slices[0]?.members[0] as number;
    expect(html).toContain(`<figcaption>${first}: class 1, taken for class 0</figcaption>`);
  });

  test('tells held-out rates apart', async () => {
    const html = slicePage(await findSlices(examples, { components: 3, count: 2, heldOut: examples }));
    expect(html).toContain('Of held-out examples that are like them it errs on');
    expect(html).toContain('hollow in the chart');
  });

  const wrong: readonly (readonly [string, object, object, string])[] = [
    ['fewer pictures', {}, { pictures: [picture(2, 2)] }, '"pictures" expected 6, got 1'],
    [
      'descriptions of other slices',
      {},
      { descriptions: [] },
      `"descriptions" expected ${found.slices.length} lists, got 0`,
    ],
    ['no slices', { slices: 3 }, {}, '"found.slices" expected a list, got 3'],
    ['a slice without a rate', { slices: [{ size: 3 }] }, {}, '"found.slices[0].errorRate" expected a finite number'],
    ['a misspelt option', {}, { titel: '' }, 'got "titel"'],
  ];
  for (const [name, given, options, message] of wrong) {
    test(`refuses ${name}`, () => {
      expect(() => slicePage({ ...found, ...given } as ShownSlices, options)).toThrow(message);
    });
  }
});

describe('sliceChart', () => {
  test('has a mark for each slice and each held-out rate', async () => {
    const svg = sliceChart(found);
    expect(svg.match(/<circle/g)).toHaveLength(found.slices.length);
    expect(svg).toContain(`aria-label="Error rates of slices, with 95 % intervals. Slice 1 67 %.`);
    const both = await findSlices(examples, { components: 3, count: 1, heldOut: examples });
    expect(sliceChart(both).match(/<circle/g)).toHaveLength(2);
  });

  test('of no slices is a line', () => {
    expect(sliceChart({ ...found, slices: [] }).match(/<circle/g)).toBeNull();
  });
});
