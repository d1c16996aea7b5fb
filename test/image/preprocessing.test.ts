import { expect, test } from 'vitest';
import { fromInput } from '../../src/image/fromInput.ts';
import { picture } from '../../src/image/picture.ts';
import { type PreprocessingName, preprocessing } from '../../src/image/preprocessing.ts';
import { toInput } from '../../src/image/toInput.ts';
import type { Picture } from '../../src/image/types.ts';
import { readJson } from '../support/fixtures.ts';

/** What test/fixtures/preprocessing/make.py writes. */
interface KerasOutputs {
  readonly pixels: readonly number[];
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

const [keras2, keras3] = await Promise.all(
  [2, 3].map((version) => readJson<KerasOutputs>(`preprocessing/keras${version}.json`)),
);
const others = ['torchvision', 'teachableMachine', 'tfhub'];

/** `mobilenet_v2` is `mobilenetV2`. */
function presetOf(module: string): PreprocessingName {
  return module.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as PreprocessingName;
}

function row(pixels: readonly number[]): Picture {
  const opaque = Array.from({ length: pixels.length / 3 }, (_, i) => [...pixels.slice(3 * i, 3 * i + 3), 255]);
  return picture(opaque.length, 1, Uint8ClampedArray.from(opaque.flat()));
}

test('there is a preset for every module of keras.applications, in both versions', () => {
  const names = [keras2, keras3].map((version) => Object.keys(version?.outputs ?? {}).map(presetOf));
  expect(new Set([...names.flat(), ...others])).toEqual(new Set(Object.keys(preprocessing)));
});

test.each([
  ['Keras 2.15', keras2],
  ['Keras 3.15', keras3],
])('toInput() gives the numbers of preprocess_input of %s', (_, version) => {
  const { pixels, outputs } = version as KerasOutputs;
  for (const [module, expected] of Object.entries(outputs)) {
    const preset = preprocessing[presetOf(module)];
    const { data } = toInput(row(pixels), { preprocessing: preset });
    expected.forEach((value, i) => {
      expect(Math.abs((data[i] as number) - value), module).toBeLessThan(2e-5);
    });
    expect(fromInput({ shape: [1, expected.length / 3, 3], data }, { preprocessing: preset }), module).toEqual(
      row(pixels),
    );
  }
});

test('torchvision: (pixel / 255 − mean) / std', () => {
  const { data } = toInput(row([0, 51, 255]), { preprocessing: preprocessing.torchvision });
  const expected = [(0 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (1 - 0.406) / 0.225];
  expected.forEach((value, channel) => {
    expect(data[channel]).toBeCloseTo(value, 5);
  });
});

test('Teachable Machine and TensorFlow Hub', () => {
  const machine = toInput(row([0, 127, 254]), { preprocessing: preprocessing.teachableMachine });
  expect([...machine.data]).toEqual([-1, 0, 1]);
  expect([...toInput(row([0, 51, 255]), { preprocessing: preprocessing.tfhub }).data]).toEqual([
    0,
    Math.fround(0.2),
    1,
  ]);
});
