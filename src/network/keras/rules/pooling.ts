import { VitrineError } from '../../../numeric/errors.ts';
import { type LayerRule, type LayerRules, type Options, oursIf } from '../layerRule.ts';

const windowed: LayerRule = { options: ['pool_size', 'strides', 'padding', 'data_format'] };
const channelsLast = { data_format: ['channels_last', null] } as const;

const names = [
  'AveragePooling1D',
  'AveragePooling2D',
  'AveragePooling3D',
  'MaxPooling1D',
  'MaxPooling2D',
  'MaxPooling3D',
];

/** Pooling; tfjs-layers drops the axes of a global one, whatever `keepdims` says, and has none for volumes. */
export const pooling: LayerRules = {
  ...Object.fromEntries(names.map((name) => [name, windowed])),
  ...Object.fromEntries(
    ['Average', 'Max'].flatMap((kind) => [globalRule(kind, 1), globalRule(kind, 2), globalRule(kind, 3)]),
  ),
};

function globalRule(kind: string, over: number): [string, LayerRule] {
  const name = `Global${kind}Pooling${over}D`;
  const isOurs = ({ keepdims: kept }: Options): boolean => kept === true || over === 3;
  const as = oursIf(name, isOurs);
  const change = ({ keepdims, data_format: format, ...options }: Options): Options => {
    if (!isOurs({ ...(keepdims !== undefined && { keepdims }) }))
      return { ...options, ...(format && { data_format: format }) };
    if (format === 'channels_first')
      throw new VitrineError('unsupported-layer', 'keepdims with data_format "channels_first" is not supported');
    return { ...options, keep_dims: keepdims === true };
  };
  // A sequence with channels first is refused, as tfjs-layers takes it for one with channels last.
  return [
    name,
    {
      options: over === 1 ? ['keepdims'] : ['keepdims', 'data_format'],
      ...(over === 1 && { only: channelsLast }),
      as,
      change,
    },
  ];
}
