import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { planeSpectrum } from '../../../src/numeric/linear/fourierTransform.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import {
  colorMatrix,
  colorTable,
  inverseColorMatrix,
  mixed,
  timesMatrix,
} from '../../../src/visualization/parameterizations/colors/colors.ts';
import { limits } from '../../../src/visualization/parameterizations/colors/limits.ts';
import { fourier } from '../../../src/visualization/parameterizations/fourier/fourier.ts';
import {
  phaseShape,
  rowFrequencies,
  spectrumShape,
} from '../../../src/visualization/parameterizations/fourier/frequencies.ts';
import { synthesisTables } from '../../../src/visualization/parameterizations/fourier/synthesisTables.ts';
import {
  exchanged,
  ofPhases,
  standardized,
  wavesOf,
} from '../../../src/visualization/parameterizations/maco/phases.ts';
import { magnitudesFor } from '../../../src/visualization/parameterizations/maco/spectrum.ts';
import type { PictureShape } from '../../../src/visualization/parameterizations/parameterization.ts';
import { goldenCases } from '../../support/goldenCases.ts';
import { expectNear } from '../../support/near.ts';
import { rawOf, readAll, renderingOf, tensorOf } from '../../support/rendering.ts';

const { ofMethod, arrayOf } = await goldenCases('visualization');
const read = async (file: string | undefined): Promise<NdArray> => (await arrayOf(file)) as NdArray;

/** Half spectra `[c, h, k]` as the parameter has them: rows 0, 1, …, −1, −2, …; real parts before imaginary ones. */
function asParameter(parts: readonly NdArray[], shape: PictureShape): NdArray {
  const [channels, height, columns] = (parts[0] as NdArray).shape as [number, number, number];
  const data = rowFrequencies(shape.size).flatMap((u) =>
    Array.from({ length: channels }, (_, channel) => channel).flatMap((channel) =>
      parts.flatMap((part) => {
        const from = (channel * height + ((u + height) % height)) * columns;
        return [...part.data.subarray(from, from + columns)];
      }),
    ),
  );
  return { shape: [height, 1, channels, parts.length * columns], data: Float32Array.from(data) };
}

test.each(ofMethod('fourier-image').map((golden) => [golden.id, golden] as const))(
  '%s: the picture, its colors and its gradient are those of irfft2',
  async (_, { inputs, outputs, params }) => {
    const [real, imaginary, weights] = await Promise.all([inputs['real'], inputs['imag'], inputs['weights']].map(read));
    const [height, width] = params['size'] as [number, number];
    const shape: PictureShape = { count: 1, size: [height, width], channels: 3 };
    const parameter = asParameter([real as NdArray, imaginary as NdArray], shape);
    expect(parameter.shape).toEqual(spectrumShape(shape));
    const options = { decay: params['decay'] as number };
    const colors = await renderingOf(fourier(options), shape, [parameter]);
    expectNear(colors.pictures.data, (await read(outputs['rgb'])).data, 2e-6);
    const raw = rawOf(fourier(options));
    const [image, gradient] = await readAll(() => {
      const io = { shape, tables: raw.tables(shape), parameters: [tensorOf(parameter)] };
      const cotangent = tf.reshape(tensorOf(weights as NdArray), [1, height, width, 3]) as Tensor4D;
      return [raw.render(io.parameters, io), ...raw.pullback(cotangent, io)];
    });
    expectNear((image as NdArray).data, (await read(outputs['image'])).data, 5e-6);
    const gradients = await Promise.all([outputs['gradReal'], outputs['gradImag']].map(read));
    const expected = asParameter(gradients, shape).data;
    const largest = Math.max(...expected.map(Math.abs));
    expectNear((gradient as NdArray).data, expected, 1e-5 * largest);
  },
);

test('colour-decorrelation: matrix, inverse and colors', async () => {
  const [{ inputs, outputs, expected }] = ofMethod('colour-decorrelation') as [ReturnType<typeof ofMethod>[number]];
  expectNear(colorMatrix.flat(), (expected['matrix'] as number[][]).flat(), 1e-12);
  // That of the reference is for rows from the left.
  const inverse = expected['inverse'] as number[][];
  inverseColorMatrix.forEach((row, i) =>
    expectNear(
      row,
      inverse.map((column) => column[i] as number),
      1e-11,
    ),
  );
  const t = await read(inputs['t']);
  const [linear, rgb] = await readAll(() => {
    const x = tf.expandDims(tensorOf(t), 0) as Tensor4D;
    const color = mixed(x, colorTable(), 'forward');
    return [color, limits.sigmoid.apply(color)];
  });
  const [expectedLinear, expectedRgb] = await Promise.all([outputs['linear'], outputs['rgb']].map(read));
  expectNear((linear as NdArray).data, (expectedLinear as NdArray).data, 2e-6);
  expectNear((rgb as NdArray).data, (expectedRgb as NdArray).data, 1e-6);
  const logits = (expectedRgb as NdArray).data.map((value) => Math.log(value / (1 - value)));
  expectNear(timesMatrix(logits, inverseColorMatrix), t.data, 2e-5);
});

// The reference leaves phases inconsistent in the columns 0 and w / 2, so the parts are compared that `maco` is made of.
test('maco: the picture of standardized phases and given magnitudes', async () => {
  const [{ inputs, outputs, params }] = ofMethod('maco-image') as [ReturnType<typeof ofMethod>[number]];
  const [magnitudes, phase] = (await Promise.all([inputs['magnitude'], inputs['phase']].map(read))) as [
    NdArray,
    NdArray,
  ];
  const size = params['size'] as [number, number];
  const shape: PictureShape = { count: 1, size, channels: 3 };
  const [raw, image] = (await readAll(() => {
    const phases = exchanged(standardized(exchanged(tensorOf(asParameter([phase], shape)) as Tensor4D)));
    const strength = tf.tensor(magnitudesFor(shape, { size, magnitudes }), phaseShape(shape));
    const io = { magnitudes: strength, tables: synthesisTables(shape), shape };
    const plain = ofPhases(wavesOf(phases), io);
    return [plain, limits.sigmoid.apply(mixed(standardized(plain), colorTable(), 'forward'))];
  })) as [NdArray, NdArray];
  // WGSL promises cosines to 2⁻¹¹; their lengths are mended, their angles are not.
  const rough = ['cpu', 'wasm'].includes(tf.getBackend()) ? 1 : 300;
  expectNear(raw.data, (await read(outputs['raw'])).data, 1e-5 * rough);
  const expected = (await read(outputs['image'])).data.map((value) => (value + 1) / 2);
  expectNear(image.data, expected, 3e-6 * rough);
  const expectedMagnitudes = (await read(outputs['rawMagnitude'])).data;
  const found = [0, 1, 2].flatMap((channel) => {
    const plane = raw.data.filter((_, i) => i % 3 === channel);
    const { real, imaginary } = planeSpectrum(plane, size);
    return [...real.map((value, i) => Math.hypot(value, imaginary[i] as number))];
  });
  expectNear(found, expectedMagnitudes, 1e-4 * rough);
});
