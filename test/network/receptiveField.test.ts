import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { fieldBox } from '../../src/network/fields/fieldBox.ts';
import { type ReceptiveField, receptiveField } from '../../src/network/fields/receptiveField.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { apply, chain, conv, free, type Layer, picture } from '../oracle/building.ts';
import { type Dependency, dependencies, positive } from '../oracle/dependencies.ts';
import { thorough } from '../support/backend.ts';
import { fieldNetworks, layer } from '../support/fieldNetworks.ts';
import { readJson } from '../support/fixtures.ts';
import { type ListedLayer, modelOf } from '../support/layerList.ts';

type Pair = [number, number];

interface ReferenceField extends Omit<ReceptiveField, 'outputLength'> {
  readonly outputLength: Pair;
  readonly boxes: readonly {
    readonly element: Pair;
    readonly dependsOn: { readonly rows: Pair; readonly cols: Pair };
    readonly clippedBox: { readonly rows: Pair; readonly cols: Pair };
  }[];
}

interface ReferenceCase {
  readonly id: string;
  readonly method: string;
  readonly params: { readonly inputSize?: Pair; readonly layers?: readonly ListedLayer[] };
  readonly expected: {
    readonly layers?: Readonly<Record<string, ReferenceField>>;
    readonly rows?: readonly Readonly<Record<string, number | null>>[];
  };
}

const { cases } = await readJson<{ cases: ReferenceCase[] }>('goldens/receptive-field/index.json');

/** Runs a job on a network and frees it. */
function using<T>(model: LayersModel, job: (model: LayersModel) => T): T {
  try {
    return job(model);
  } finally {
    free(model);
  }
}

function layersOf(id: string): readonly ListedLayer[] {
  return cases.find((reference) => reference.id === id)?.params.layers as readonly ListedLayer[];
}

describe('receptiveField(model, layer, options): reference fields', () => {
  const fields = cases.filter(({ expected }) => expected.layers);
  test.each(fields.map(({ id, params, expected }) => [id, params, expected.layers ?? {}] as const))(
    '%s',
    (_id, { layers = [], inputSize = [0, 0] }, expected) => {
      using(modelOf(layers, inputSize), (model) => {
        for (const [name, { boxes, ...field }] of Object.entries(expected)) {
          const found = receptiveField(model, name);
          expect(found).toEqual(withoutMinusZero(field));
          for (const { element, dependsOn, clippedBox } of boxes) {
            const { rows, columns } = fieldBox(found, element, inputSize);
            expect([rows, columns]).toEqual([clippedBox.rows, clippedBox.cols]);
            expect(contains(rows, dependsOn.rows) && contains(columns, dependsOn.cols)).toBe(true);
          }
        }
      });
      // The same network with the size left open, and given.
      using(modelOf(layers, [null, null]), (model) => {
        for (const [name, { boxes, ...field }] of Object.entries(expected)) {
          expect(receptiveField(model, name, { inputSize })).toEqual(withoutMinusZero(field));
        }
      });
    },
  );

  test('branches of different jump are refused', () => {
    using(modelOf(layersOf('branches-stride-mismatch'), [null, null]), (model) => {
      expect(() => receptiveField(model, 'm')).toThrow(
        'misaligned stride at layer "m": branches of jump 2 and 1 pixels',
      );
    });
  });

  test("the left padding of 'same' where the length is open: what holds for every length, else refused", () => {
    const rows = cases.find(({ id }) => id === 'same-unknown-size')?.expected.rows ?? [];
    for (const { kernel, stride, left } of rows) {
      using(modelOf([same({ kernel, stride })], [null, 20]), (model) => {
        const field = () => receptiveField(model, 'same');
        if (left === null)
          expect(field).toThrow('"inputSize" expected [rows, columns], got undefined: what layer "same"');
        else expect(field().effectivePadding[0]).toBe(left);
      });
    }
  });

  test("the padding of 'same' on either side", () => {
    const rows = (cases.find(({ id }) => id === 'same-padding-table')?.expected.rows ?? []) as Record<string, number>[];
    for (const { n = 0, kernel, stride, dilation, left, right, out } of rows) {
      using(modelOf([same({ kernel, stride, dilation })], [n, n]), (model) => {
        const { effectivePadding, outputLength, high, jump } = receptiveField(model, 'same');
        expect(outputLength).toEqual([out, out]);
        expect(effectivePadding).toEqual([left, left]);
        const over = high[0] + ((outputLength[0] as number) - 1) * jump[0] - (n - 1);
        // Where windows do not come to the end, nothing is padded.
        expect(Math.max(over, 0)).toBe(right);
      });
    }
  });
});

describe('receptiveField(model, layer, options): published fields', () => {
  // Size, jump and the centre of position 0.
  test.each<[string, string, Pair, [Pair, Pair, Pair]]>([
    [
      'vgg16-conv5_3',
      'VGG-16',
      [224, 224],
      [
        [196, 196],
        [16, 16],
        [7.5, 7.5],
      ],
    ],
    [
      'vgg16-pool5',
      'VGG-16 up to pool5',
      [224, 224],
      [
        [212, 212],
        [32, 32],
        [15.5, 15.5],
      ],
    ],
    [
      'alexnet-conv5',
      'AlexNet',
      [227, 227],
      [
        [163, 163],
        [16, 16],
        [17, 17],
      ],
    ],
    [
      'resnet50-stride-in-1x1',
      'ResNet-50 of Keras',
      [224, 224],
      [
        [483, 483],
        [32, 32],
        [0, 0],
      ],
    ],
    [
      'resnet50-stride-in-3x3',
      'ResNet-50 v1.5',
      [224, 224],
      [
        [427, 427],
        [32, 32],
        [0, 0],
      ],
    ],
    [
      'mobilenet-v1-same',
      'MobileNet v1',
      [224, 224],
      [
        [315, 315],
        [32, 32],
        [31, 31],
      ],
    ],
    [
      'mobilenet-v1-same',
      'MobileNet v1',
      [225, 225],
      [
        [315, 315],
        [32, 32],
        [0, 0],
      ],
    ],
    [
      'mobilenet-v1-zeropad',
      'MobileNet v1 of Keras',
      [224, 224],
      [
        [315, 315],
        [32, 32],
        [31, 31],
      ],
    ],
  ])('%s: %s at %j', (id, _name, inputSize, expected) => {
    const layers = layersOf(id);
    using(modelOf(layers, [null, null]), (model) => {
      const { size, jump, centre } = receptiveField(model, layers.at(-1)?.name as string, { inputSize });
      expect([size, jump, centre]).toEqual(expected);
    });
  });

  test.each<[string, string, number]>([
    ['vgg16-pool5', 'VGG-16', 90],
    ['mobilenet-v1-same', 'MobileNet v1', 126],
  ])('%s: the effective padding of %s is %i', (id, _name, padding) => {
    const layers = layersOf(id);
    using(modelOf(layers, [null, null]), (model) => {
      const found = receptiveField(model, layers.at(-1)?.name as string, { inputSize: [224, 224] });
      expect(found.effectivePadding).toEqual([padding, padding]);
    });
  });
});

describe('receptiveField(model, layer, options): networks of the reference library of Araujo et al.', () => {
  const conv = (name: string, read: string, window: Partial<ListedLayer>): ListedLayer => ({
    name,
    type: 'conv',
    inputs: [read],
    padding: 'valid',
    ...window,
  });
  const pad = (name: string, read: string, before: number, after: number): ListedLayer => ({
    name,
    type: 'zeropad',
    inputs: [read],
    padding: [
      [before, after],
      [before, after],
    ],
  });
  const add = (name: string, ...inputs: string[]): ListedLayer => ({ name, type: 'merge', inputs });
  const twoBranches = (second: ListedLayer[], last: string): ListedLayer[] => [
    conv('left', 'input', { kernel: 1, stride: 4 }),
    ...second,
    conv('right', last, { kernel: 1, stride: 2 }),
    add('sum', 'left', 'right'),
  ];
  const aligned = twoBranches([pad('pad', 'input', 1, 0), conv('wide', 'pad', { kernel: 3, stride: 2 })], 'wide');
  const padded = (padding: 'same'): ListedLayer[] =>
    aligned
      .filter(({ name }) => name !== 'pad')
      .map((layer) => ({
        ...layer,
        padding,
        inputs: layer.inputs.map((read) => (read === 'pad' ? 'input' : read)),
      }));
  const found = (layers: readonly ListedLayer[], length: number | null, layer = 'sum'): ReceptiveField =>
    using(modelOf(layers, [length, length]), (model) => receptiveField(model, layer));

  test('two branches', () => {
    expect(found(aligned, null)).toMatchObject({ size: [3, 3], jump: [4, 4], effectivePadding: [1, 1], aligned: true });
  });

  test('two branches, one with pooling', () => {
    const pool: ListedLayer = {
      name: 'wide',
      type: 'maxpool',
      inputs: ['pad'],
      kernel: 3,
      stride: 2,
      padding: 'valid',
    };
    const layers = twoBranches([pad('pad', 'input', 1, 0), pool], 'wide');
    expect(found(layers, null)).toMatchObject({ size: [3, 3], jump: [4, 4], effectivePadding: [1, 1], aligned: true });
  });

  test('two branches whose centres differ', () => {
    const layers = twoBranches([conv('wide', 'input', { kernel: 3, stride: 2 })], 'wide');
    expect(found(layers, null)).toMatchObject({ size: [3, 3], jump: [4, 4], centre: [1, 1], aligned: false });
  });

  test("two branches with 'same' padding: 9 × 9 is aligned, 8 × 8 is not, an open size is refused", () => {
    expect(found(padded('same'), 9)).toMatchObject({ size: [3, 3], effectivePadding: [1, 1], aligned: true });
    expect(found(padded('same'), 8)).toMatchObject({ size: [3, 3], effectivePadding: [0, 0], aligned: false });
    expect(() => found(padded('same'), null)).toThrow('what layer "wide" reads depends on the size of the input');
  });

  test('rows and columns that differ', () => {
    const layers = [
      conv('first', 'input', { kernel: [5, 7], stride: 1 }),
      conv('second', 'first', { kernel: 1, stride: [2, 1] }),
    ];
    expect(found(layers, null, 'second')).toMatchObject({ size: [5, 7], jump: [2, 1], effectivePadding: [0, 0] });
  });

  const nested = (first: readonly ListedLayer[], second: readonly ListedLayer[]): ListedLayer[] => [
    ...first,
    conv('left2', 'sum', { kernel: 1, stride: 2 }),
    ...second,
    add('sum2', 'left2', 'right2'),
  ];

  test('a sum of branches that begin at a sum', () => {
    const second = [pad('pad2', 'sum', 1, 0), conv('right2', 'pad2', { kernel: 3, stride: 2 })];
    const expected = { size: [11, 11], jump: [8, 8], effectivePadding: [5, 5], aligned: true };
    expect(found(nested(aligned, second), null, 'sum2')).toMatchObject(expected);
    const same = [conv('right2', 'sum', { kernel: 3, stride: 2, padding: 'same' })];
    expect(found(nested(padded('same'), same), 17, 'sum2')).toMatchObject(expected);
  });
});

describe('receptiveField(model, layer, options): what positions depend on, pixel by pixel', () => {
  const inputSize = [12, 13] as const;

  for (const [name, layers] of Object.entries(fieldNetworks)) {
    test(name, async () => {
      const { field, found } = await fieldAndDependencies(layers, inputSize);
      expect(found.filter((dependency) => !isCovered(dependency, { field, inputSize }))).toEqual([]);
      // No narrower field that moves evenly holds for all positions.
      const rows = narrowest(
        found.map(({ position, rows }) => [position[0], rows]),
        field.jump[0],
      );
      expectNear(rows, [field.low[0], field.high[0]]);
      const columns = narrowest(
        found.map(({ position, columns }) => [position[1], columns]),
        field.jump[1],
      );
      expectNear(columns, [field.low[1], field.high[1]]);
    });
  }

  test('chains of any layers', async () => {
    const window = fc.record({
      type: fc.constantFrom('conv', 'depthwise', 'maxpool', 'averagepool', 'transposed', 'upsample'),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.constantFrom('same', 'valid'),
      factor: fc.integer({ min: 1, max: 3 }),
    });
    const sizes = fc.tuple(fc.integer({ min: 9, max: 13 }), fc.integer({ min: 9, max: 13 }));
    const property = fc.asyncProperty(fc.tuple(window, window, window), sizes, async (windows, size) => {
      const names = ['input', 'a', 'b', 'out'];
      const layers = windows.map((others, i) => layer(names[i + 1] as string, names[i] as string, others));
      fc.pre(outputSize(layers, size).every((length) => length > 0 && length < 40));
      const { field, found } = await fieldAndDependencies(layers, size);
      expect(found.filter((dependency) => !isCovered(dependency, { field, inputSize: size }))).toEqual([]);
    });
    await fc.assert(property, { numRuns: thorough ? 60 : 5, seed: 7 });
  });
});

describe('receptiveField(model, layer, options): which paths count', () => {
  /** Squeeze-and-excitation: `gated` is `features` times a factor per channel, `last` a convolution of it. */
  function gatedModel(size: [number | null, number | null] = [16, 15]): LayersModel {
    const x = input({ shape: [...size, 2] });
    const features = apply(conv({ name: 'features', strides: 2, padding: 'same' }), x);
    const squeezed = apply(l.globalAveragePooling2d({ name: 'squeezed' }), features);
    const gate = apply(
      l.reshape({ targetShape: [1, 1, 3] }),
      apply(l.dense({ units: 3, activation: 'sigmoid' }), squeezed),
    );
    const gated = apply(l.multiply({ name: 'gated' }), [gate, features]);
    return model({ inputs: x, outputs: apply(conv({ name: 'last', padding: 'same' }), gated) });
  }

  test('through a gate every position sees the whole input, unless gates are left out', () => {
    using(gatedModel(), (gated) => {
      for (const layer of ['gated', 'last']) {
        expect(receptiveField(gated, layer)).toEqual({
          size: [16, 15],
          jump: [0, 0],
          centre: [7.5, 7],
          low: [0, 0],
          high: [15, 14],
          effectivePadding: [0, 0],
          outputLength: [8, 8],
          aligned: true,
          wholeInput: true,
        });
      }
      expect(receptiveField(gated, 'last', { ignoreGates: true })).toMatchObject({
        size: [7, 7],
        jump: [2, 2],
        centre: [1, 0],
        wholeInput: false,
      });
      expect(receptiveField(gated, 'squeezed', { ignoreGates: true }).wholeInput).toBe(true);
    });
  });

  test('what sees the whole input needs its size', () => {
    using(gatedModel([null, null]), (gated) => {
      const message = '"inputSize" expected [rows, columns], got undefined: the layer sees the whole input';
      expect(() => receptiveField(gated, 'gated')).toThrow(message);
      expect(receptiveField(gated, 'gated', { inputSize: [9, 8] })).toMatchObject({ size: [9, 8], high: [8, 7] });
    });
  });

  test('the preactivation, layers along the channels, and vectors', () => {
    const layers = [
      conv({ name: 'conv', activation: 'relu' }),
      l.layerNormalization({ name: 'norm' }),
      l.dense({ name: 'mix', units: 2, activation: 'softmax' }),
      l.flatten({ name: 'flat' }),
      l.dense({ name: 'scores', units: 3 }),
    ];
    using(chain(picture, ...layers), (classes) => {
      for (const layer of ['conv@preactivation', 'conv', 'norm', 'mix']) {
        expect(receptiveField(classes, layer)).toMatchObject({ size: [3, 3], outputLength: [4, 5], wholeInput: false });
      }
      for (const layer of ['flat', 'scores']) {
        expect(receptiveField(classes, layer)).toMatchObject({ size: [6, 7], outputLength: [1, 1], wholeInput: true });
      }
    });
  });

  test('nested models, whose own size is open, and shared layers by address', () => {
    const inner = chain(
      [null as never, null as never, 2],
      conv({ name: 'inside', strides: 2, padding: 'same', filters: 2 }),
    );
    const x = input({ shape: [8, 9, 2] });
    const twice = apply(inner as unknown as Layer, apply(inner as unknown as Layer, x));
    using(model({ inputs: x, outputs: twice }), (outer) => {
      expect(receptiveField(outer, `${inner.name}/inside`)).toMatchObject({
        size: [3, 3],
        jump: [2, 2],
        centre: [1, 0],
      });
      const second = { size: [7, 7], jump: [4, 4], centre: [3, 0], outputLength: [2, 3] };
      expect(receptiveField(outer, `${inner.name}#1/inside`)).toMatchObject(second);
      expect(receptiveField(outer, `${inner.name}#1`)).toMatchObject(second);
    });
  });

  test('of several inputs the first one', () => {
    const [x, mask, other] = ['x', 'mask', 'other'].map((name) =>
      input({ shape: [6, 6, 1], name }),
    ) as SymbolicTensor[];
    const joined = apply(l.multiply({ name: 'joined' }), [
      apply(conv({ name: 'wide', kernelSize: 5, padding: 'same' }), mask as SymbolicTensor),
      apply(conv({ name: 'narrow', padding: 'same' }), x as SymbolicTensor),
    ]);
    const apart = apply(l.flatten({ name: 'apart' }), other as SymbolicTensor);
    const inputs = [x, mask, other] as SymbolicTensor[];
    using(model({ inputs, outputs: [joined, apart] }), (several) => {
      expect(receptiveField(several, 'joined').size).toEqual([3, 3]);
      expect(() => receptiveField(several, 'wide')).toThrow(
        '"layer" expected a layer that input "x" reaches, got "wide"',
      );
      expect(() => receptiveField(several, 'apart')).toThrow('"layer" expected a layer that input "x" reaches');
    });
  });

  test('a compiled network gives the same plain data', () => {
    using(gatedModel(), (gated) => {
      const network = compile(gated);
      const found = receptiveField(network, 'features');
      network.dispose();
      expect(found).toEqual(receptiveField(gated, 'features'));
      expect(structuredClone(found)).toEqual(found);
    });
  });
});

describe('receptiveField(model, layer, options): bad input', () => {
  const refused =
    (shape: readonly (number | null)[], layers: Layer[], ask: (model: LayersModel) => unknown) => (): void => {
      const asked = chain(shape as number[], ...layers);
      using(asked, ask);
    };
  const sized = (inputSize: unknown, shape: readonly (number | null)[] = picture) =>
    refused(shape, [conv({ name: 'conv1' })], (model) =>
      receptiveField(model, 'conv1', { inputSize: inputSize as [number, number] }),
    );
  const asked = (layer: string) => (model: LayersModel) => receptiveField(model, layer);

  test.each<[string, () => void, typeof VitrineError, string]>([
    [
      'an unknown layer',
      refused(picture, [conv({ name: 'conv1' })], asked('conv5')),
      VitrineError,
      '"layer" expected the address of a layer, got "conv5"; near: conv1',
    ],
    [
      'a sequence',
      refused(picture, [l.reshape({ targetShape: [42, 2], name: 'tokens' })], asked('tokens')),
      VitrineError,
      '"layer" expected a layer with rows and columns or a vector, got "tokens" of shape [null, 42, 2]',
    ],
    [
      'an input that is no plane',
      refused([5], [l.dense({ units: 2, name: 'dense' })], asked('dense')),
      VitrineError,
      '"model" expected a first input [n, rows, columns, channels], got "',
    ],
    ['one number', sized(16), VitrineError, '"inputSize" expected [rows, columns], two positive integers, got 16'],
    ['three numbers', sized([16, 16, 3]), VitrineError, 'two positive integers, got [16, 16, 3]'],
    ['half a pixel', sized([16, 16.5]), VitrineError, 'two positive integers, got [16, 16.5]'],
    ['nothing', sized([0, 16]), VitrineError, 'two positive integers, got [0, 16]'],
    ['null', sized(null), VitrineError, 'two positive integers, got null'],
    [
      'another size',
      sized([7, 7]),
      VitrineError,
      `"inputSize" expected [6, 7], the size of the model's input, got [7, 7]`,
    ],
    ['another width', sized([7, 8], [null, 7, 2]), VitrineError, '"inputSize" expected [any, 7], the size of'],
    [
      'too small an input',
      sized([2, 7], [null, null, 2]),
      VitrineError,
      '"inputSize" is too small for layer "conv1": got [2, 7]',
    ],
    [
      'channels first',
      refused(picture, [conv({ name: 'conv1', dataFormat: 'channelsFirst' })], asked('conv1')),
      VitrineError,
      '"model" expected data with the channels last, got layer "conv1" (Conv2D) with channels first',
    ],
    [
      'no model',
      () => receptiveField({} as LayersModel, 'conv1'),
      VitrineError,
      '"model" expected a LayersModel or GraphModel, got ',
    ],
  ])('%s', (_name, run, kind, message) => {
    const error = errorOf(run);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(message);
  });

  test.each<[string, unknown, unknown, string]>([
    [
      'a position beyond the layer',
      [4, 0],
      [6, 7],
      '"position" expected [row, column] in a layer of 4 × 5, got [4, 0]',
    ],
    ['half a position', [0, 0.5], [6, 7], '"position" expected [row, column] in a layer of 4 × 5, got [0, 0.5]'],
    ['no size', [0, 0], undefined, '"inputSize" expected [rows, columns], two positive integers, got undefined'],
  ])('fieldBox of %s', (_name, position, size, message) => {
    const field = using(chain(picture, conv({ name: 'conv1' })), (model) => receptiveField(model, 'conv1'));
    expect(() => fieldBox(field, position as Pair, size as Pair)).toThrow(message);
  });
});

function errorOf(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function fieldAndDependencies(
  layers: readonly ListedLayer[],
  inputSize: readonly [number, number],
): Promise<{ field: ReceptiveField; found: Dependency[] }> {
  const model = positive(modelOf(layers, inputSize));
  const field = receptiveField(model, 'out');
  const run = async (images: NdArray) => (await activations(model, images, ['out']))['out'] as NdArray;
  const found = await dependencies(run, inputSize);
  free(model);
  expect(found).toHaveLength((field.outputLength[0] as number) * (field.outputLength[1] as number));
  return { field, found };
}

function outputSize(layers: readonly ListedLayer[], inputSize: readonly [number, number]): number[] {
  return using(modelOf(layers, inputSize), ({ outputs }) => (outputs[0]?.shape ?? []).slice(1, 3) as number[]);
}

function isCovered(
  { position, rows, columns }: Dependency,
  { field, inputSize }: { field: ReceptiveField; inputSize: readonly [number, number] },
): boolean {
  const box = fieldBox(field, position, inputSize);
  return (!rows || contains(box.rows, rows)) && (!columns || contains(box.columns, columns));
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 9);
}

function narrowest(found: readonly [number, readonly [number, number] | null][], jump: number): [number, number] {
  const read = found.flatMap(([at, span]) => (span ? [{ at, span }] : []));
  return [
    Math.min(...read.map(({ at, span }) => span[0] - at * jump)),
    Math.max(...read.map(({ at, span }) => span[1] - at * jump)),
  ];
}

function same(window: object): ListedLayer {
  return { name: 'same', type: 'conv', inputs: ['input'], padding: 'same', ...window };
}

/** In JSON as in the reference, a difference of zeros can be −0. */
function withoutMinusZero<T extends object>(field: T): T {
  return JSON.parse(JSON.stringify(field), (_key, value) => (value === 0 ? 0 : value));
}

function contains([first, last]: readonly [number, number], [from, to]: readonly [number, number]): boolean {
  return first <= from && to <= last;
}
