import type { LayersModel } from '@tensorflow/tfjs-layers';
import { VitrineError } from '../../../numeric/errors.ts';
import type { DecoderShape } from './upconvolutionalDecoder.ts';

/** Refuses what is no model from features to pictures of these shapes. */
export function assertDecoder(
  decoder: LayersModel,
  { featureShape, imageShape }: Pick<DecoderShape, 'featureShape' | 'imageShape'>,
): void {
  const [takes, makes] = [shapesOf(decoder.inputs), shapesOf(decoder.outputs)];
  const expected = [[`[${featureShape.join(', ')}]`], [`[${imageShape.join(', ')}]`]];
  if (`${takes}` === `${expected[0]}` && `${makes}` === `${expected[1]}`) return;
  throw new VitrineError(
    'bad-shape',
    `"decoder" expected a model from ${expected[0]} to ${expected[1]}, got one from ${takes.join(', ')} to ${makes.join(', ')}`,
  );
}

function shapesOf(ends: readonly { readonly shape: readonly (number | null)[] }[]): readonly string[] {
  return ends.map(({ shape }) => `[${shape.slice(1).join(', ')}]`);
}
