import type { LayersModel, layers as layersOf, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model } from '@tensorflow/tfjs-layers';

type Both = number | readonly [rows: number, columns: number];
type Margins = readonly [rows: readonly [number, number], columns: readonly [number, number]];

/** A layer of a reference network; the input of the network is called `input`. */
export interface ListedLayer {
  readonly name: string;
  readonly type:
    | 'conv'
    | 'depthwise'
    | 'maxpool'
    | 'zeropad'
    | 'crop'
    | 'upsample'
    | 'resize'
    | 'merge'
    | 'global'
    | 'identity'
    | 'transposed'
    | 'separable'
    | 'averagepool';
  readonly inputs: readonly string[];
  readonly kernel?: Both;
  readonly stride?: Both;
  readonly dilation?: Both;
  readonly padding?: 'same' | 'valid' | Margins;
  readonly cropping?: Margins;
  readonly factor?: number;
  readonly size?: readonly [rows: number, columns: number];
  readonly interpolation?: 'nearest' | 'bilinear';
}

/** A network of one channel, of layers that are listed in order; its outputs are all that no layer reads. */
export function modelOf(
  layers: readonly ListedLayer[],
  [rows, columns]: readonly [number | null, number | null],
): LayersModel {
  const values = new Map([['input', input({ shape: [rows, columns, 1], name: 'input' })]]);
  for (const listed of layers) {
    const read = listed.inputs.map((name) => values.get(name) as SymbolicTensor);
    values.set(listed.name, applied(listed, read));
  }
  const used = new Set(layers.flatMap(({ inputs }) => inputs));
  const outputs = layers.filter(({ name }) => !used.has(name)).map(({ name }) => values.get(name) as SymbolicTensor);
  return model({ inputs: values.get('input') as SymbolicTensor, outputs });
}

/** Numbers around a plane become a layer before a convolution that pads nothing. */
function applied(listed: ListedLayer, read: readonly SymbolicTensor[]): SymbolicTensor {
  const { padding, ...others } = listed;
  if (listed.type === 'zeropad' || !Array.isArray(padding)) return applyTo(layerOf(listed), read);
  const padded = applyTo(l.zeroPadding2d({ padding: padding as never }), read);
  return applyTo(layerOf({ ...others, padding: 'valid' }), [padded]);
}

function applyTo(layer: layersOf.Layer, read: readonly SymbolicTensor[]): SymbolicTensor {
  return layer.apply(read.length === 1 ? (read[0] as SymbolicTensor) : [...read]) as SymbolicTensor;
}

function layerOf(listed: ListedLayer): layersOf.Layer {
  const {
    name,
    type,
    kernel,
    stride = 1,
    dilation = 1,
    padding,
    cropping,
    factor = 1,
    size = [],
    interpolation,
  } = listed;
  const window = { name, kernelSize: kernel as number, strides: stride as number, padding: padding as 'same' };
  const pooling = { name, poolSize: kernel as number, strides: stride as number, padding: padding as 'same' };
  const layers: Record<ListedLayer['type'], () => layersOf.Layer> = {
    conv: () => l.conv2d({ ...window, filters: 1, dilationRate: dilation as number }),
    separable: () => l.separableConv2d({ ...window, filters: 1 }),
    depthwise: () => l.depthwiseConv2d(window),
    transposed: () => l.conv2dTranspose({ ...window, filters: 1 }),
    maxpool: () => l.maxPooling2d(pooling),
    averagepool: () => l.averagePooling2d(pooling),
    zeropad: () => l.zeroPadding2d({ name, padding: padding as never }),
    crop: () => l.cropping2D({ name, cropping: cropping as never }),
    upsample: () => l.upSampling2d({ name, size: [factor, factor], ...(interpolation && { interpolation }) }),
    resize: () =>
      l.resizing({
        name,
        height: size[0] as number,
        width: size[1] as number,
        ...(interpolation && { interpolation }),
      }),
    merge: () => l.add({ name }),
    global: () => l.globalAveragePooling2d({ name }),
    identity: () => l.activation({ name, activation: 'linear' }),
  };
  return layers[type]();
}
