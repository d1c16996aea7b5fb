import { planeSpectrum } from '../../../numeric/linear/fourierTransform.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { PictureShape } from '../parameterization.ts';
import { columnsOf, rowFrequencies, spectrumShape } from './frequencies.ts';

/** The half spectra of real pictures `[n, h, w, c]`. */
export function analyzed({ data }: NdArray, shape: PictureShape): NdArray {
  const { count, size, channels } = shape;
  const [height, width] = size;
  const columns = columnsOf(size);
  const out = new Float32Array(height * count * channels * 2 * columns);
  const frequencies = rowFrequencies(size);
  for (let plane = 0; plane < count * channels; plane++) {
    const [picture, channel] = [Math.floor(plane / channels), plane % channels];
    const start = picture * height * width * channels + channel;
    const values = Float64Array.from({ length: height * width }, (_, i) => data[start + i * channels] as number);
    const { real, imaginary } = planeSpectrum(values, size);
    frequencies.forEach((u, row) => {
      const from = ((u + height) % height) * columns;
      const to = (row * count * channels + plane) * 2 * columns;
      out.set(real.subarray(from, from + columns), to);
      out.set(imaginary.subarray(from, from + columns), to + columns);
    });
  }
  return { shape: spectrumShape(shape), data: out };
}
