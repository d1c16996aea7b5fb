import { VitrineError } from '../../../numeric/errors.ts';
import { type LayerRule, type LayerRules, type Options, ours, oursIf } from '../layerRule.ts';

const channelsLast = { data_format: ['channels_last', null] } as const;
const interpolations = ['bilinear', 'nearest'];

/** Layers that prepare pictures. Those that change them at random do so in training alone. */
export const images: LayerRules = {
  Rescaling: {
    options: ['scale', 'offset'],
    as: oursIf('Rescaling', ({ scale, offset }) => [scale, offset].some(Array.isArray)),
  },
  Resizing: {
    options: ['height', 'width', 'interpolation', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'fill_value'],
    only: { ...channelsLast, antialias: [false], fill_mode: ['constant'] },
    as: () => ours('Resizing'),
    change: (options): Options => {
      if (interpolations.includes(String(options['interpolation'] ?? 'bilinear'))) return options;
      throw new VitrineError(
        'unsupported-layer',
        `interpolation ${JSON.stringify(options['interpolation'])} is not supported: expected ${interpolations.join(' or ')}`,
      );
    },
  },
  CenterCrop: { options: ['height', 'width'], only: channelsLast, as: () => ours('CenterCrop') },
  RandomCrop: {
    options: ['height', 'width'],
    only: channelsLast,
    as: () => ours('Resizing'),
    change: (options, { generation }): Options => {
      if (generation === 2) return { ...options, crop_to_aspect_ratio: true };
      throw new VitrineError(
        'unsupported-layer',
        'Keras 3 does not cut in inference, so that its shapes are not those it tells: put a CenterCrop in its place',
      );
    },
  },
  ...identities([
    ...['AugMix', 'CutMix', 'Equalization', 'MixUp', 'RandAugment', 'RandomBrightness'],
    ...['RandomColorDegeneration', 'RandomColorJitter', 'RandomContrast', 'RandomElasticTransform', 'RandomErasing'],
    ...['RandomFlip', 'RandomGaussianBlur', 'RandomGrayscale', 'RandomHeight', 'RandomHue', 'RandomInvert'],
    ...['RandomPerspective', 'RandomPosterization', 'RandomRotation', 'RandomSaturation', 'RandomSharpness'],
    ...['RandomShear', 'RandomTranslation', 'RandomWidth', 'RandomZoom', 'Solarization'],
  ]),
};

/** Layers that hand their input on in inference, whatever their options. */
export function identities(names: readonly string[]): LayerRules {
  const rule: LayerRule = { training: 'all', as: () => 'Activation', change: () => ({ activation: 'linear' }) };
  return Object.fromEntries(names.map((name) => [name, rule]));
}
