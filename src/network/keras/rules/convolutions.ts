import { VitrineError } from '../../../numeric/errors.ts';
import type { Json } from '../../loading/modelJson.ts';
import { type LayerRule, type LayerRules, type Options, ours, oursIf } from '../layerRule.ts';

const windowed = ['kernel_size', 'strides', 'padding', 'dilation_rate', 'use_bias', 'activation'];
const plain: LayerRule = { options: [...windowed, 'filters', 'data_format'] };
const depthwise = [...windowed, 'depth_multiplier'];
const channelsLast = { data_format: ['channels_last', null] } as const;
const ungrouped = { groups: [1] } as const;

/** Convolutions; tfjs-layers has no groups, no causal padding, no dilated depthwise window and no output padding. */
export const convolutions: LayerRules = {
  Conv1D: {
    options: [...windowed, 'filters', 'groups', 'data_format'],
    as: oursIf('Conv1D', (options) => isGrouped(options) || options['padding'] === 'causal'),
    change: withoutFormat((options) => isGrouped(options) || options['padding'] === 'causal'),
  },
  Conv2D: {
    options: [...windowed, 'filters', 'groups', 'data_format'],
    as: oursIf('Conv2D', isGrouped),
    change: withoutFormat(isGrouped),
  },
  Conv3D: { ...plain, only: ungrouped },
  DepthwiseConv1D: { options: depthwise, only: { ...channelsLast, ...ungrouped }, as: () => ours('DepthwiseConv1D') },
  DepthwiseConv2D: {
    options: [...depthwise, 'data_format'],
    only: ungrouped,
    as: oursIf('DepthwiseConv2D', isDilated),
    change: withoutFormat(isDilated),
  },
  SeparableConv1D: {
    options: [...depthwise, 'filters'],
    only: { ...channelsLast, ...ungrouped },
    as: () => ours('SeparableConv1D'),
  },
  SeparableConv2D: {
    options: [...depthwise, 'filters', 'data_format'],
    only: ungrouped,
    as: oursIf('SeparableConv2D', isMultiplied),
    change: withoutFormat(isMultiplied),
  },
  Conv1DTranspose: {
    options: [...windowed, 'filters', 'output_padding'],
    only: { ...channelsLast, ...ungrouped },
    as: () => ours('Conv1DTranspose'),
    change: listed,
  },
  Conv2DTranspose: {
    options: [...windowed, 'filters', 'output_padding', 'data_format'],
    only: ungrouped,
    as: oursIf('Conv2DTranspose', isSpecial),
    change: withoutFormat(isSpecial),
  },
  Conv3DTranspose: { ...plain, only: { ...ungrouped, output_padding: [null], dilation_rate: [[1, 1, 1]] } },
};

function isGrouped({ groups }: Options): boolean {
  return typeof groups === 'number' && groups !== 1;
}

function isDilated({ dilation_rate: rate }: Options): boolean {
  return [rate].flat().some((along) => typeof along === 'number' && along !== 1);
}

/** tfjs-layers forgets the multiplier as it saves. */
function isMultiplied({ depth_multiplier: multiplier = 1 }: Options): boolean {
  return multiplier !== 1;
}

function isSpecial(options: Options): boolean {
  return isDilated(options) || (options['output_padding'] ?? null) !== null;
}

/** Ours know channels last alone; those of tfjs-layers do not know our options. */
function withoutFormat(isOurs: (options: Options) => boolean): NonNullable<LayerRule['change']> {
  return (options) => {
    const { data_format: format, groups, output_padding: padding, ...others } = options;
    if (!isOurs(options)) return { ...others, ...(format !== undefined && { data_format: format }) };
    if (format === 'channels_first')
      throw new VitrineError('unsupported-layer', 'data_format "channels_first" is not supported with these options');
    return listed({
      ...others,
      ...(groups !== undefined && { groups }),
      ...(padding !== undefined && { output_padding: padding }),
    });
  };
}

/** Some versions write one number for both axes. */
function listed(options: Options): Options {
  const rank = [options['kernel_size']].flat().length;
  const spread = (value: Json): Json => (typeof value === 'number' ? new Array<number>(rank).fill(value) : value);
  const names = ['kernel_size', 'strides', 'dilation_rate', 'output_padding'];
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, names.includes(name) ? spread(value) : value]),
  );
}
