import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../numeric/ndarray.ts';
import { packArrays, unpackArrays, unpacked } from '../../numeric/packedArrays.ts';

/** The maps of some of the units of a layer. */
interface Maps {
  /** The shape of the layer, `[h, w, units]`. */
  readonly shape: readonly number[];
  readonly units: Uint32Array;
  /** Their activations, `[units, h, w]`. */
  readonly maps: Float32Array;
}

// What stands for the units that were left out: finite, and above no threshold.
const below = -3.4028234663852886e38;

/** The maps of the units that exceed a floor somewhere: no other one can exceed a threshold above that. */
function mapsAbove(floors: Float64Array, { shape, data }: NdArray): Maps {
  const largest = new Float32Array(floors.length).fill(below);
  for (let i = 0; i < data.length; i += floors.length) {
    for (let unit = 0; unit < floors.length; unit++) {
      if ((data[i + unit] as number) > (largest[unit] as number)) largest[unit] = data[i + unit] as number;
    }
  }
  const units = Uint32Array.from(
    [...largest.keys()].filter((unit) => (largest[unit] as number) > (floors[unit] as number)),
  );
  const positions = data.length / floors.length;
  const maps = new Float32Array(units.length * positions);
  units.forEach((unit, row) => {
    for (let i = 0; i < positions; i++) maps[row * positions + i] = data[i * floors.length + unit] as number;
  });
  return { shape, units, maps };
}

/** The activations of a layer, with units that were left out far below any threshold. */
function restored({ shape, units, maps }: Maps): NdArray {
  const [height, width, all] = shape as [number, number, number];
  const data = new Float32Array(height * width * all).fill(below);
  units.forEach((unit, row) => {
    for (let i = 0; i < height * width; i++) data[i * all + unit] = maps[row * height * width + i] as number;
  });
  return { shape, data };
}

/** Of an image, all maps that may reach above a threshold, as bytes. */
export function encodeSpill(layers: readonly { floors: Float64Array; activations: NdArray }[]): Uint8Array {
  const arrays = layers.flatMap(({ floors, activations }, layer) => {
    const { shape, units, maps } = mapsAbove(floors, activations);
    return [
      [`${layer}.shape`, Uint32Array.from(shape)],
      [`${layer}.units`, units],
      [`${layer}.maps`, maps],
    ] as const;
  });
  return packArrays('spill', Object.fromEntries(arrays));
}

/**
 * The activations of each layer, of which {@link encodeSpill} made bytes.
 *
 * @param shapes of each layer, `[h, w, units]`: what bytes say that were damaged is not made room for.
 */
export function decodeSpill(bytes: Uint8Array, shapes: readonly (readonly number[])[]): readonly NdArray[] {
  const arrays = unpackArrays('spill', bytes);
  return shapes.map((shape, layer) => {
    const own = unpacked(arrays, `${layer}.shape`, { type: 'Uint32Array', length: 3 });
    if (!sameShape([...own], shape)) {
      throw new VitrineError('bad-argument', `"bytes" expected maps [${shape.join(', ')}], got [${own.join(', ')}]`);
    }
    const [height, width, all] = shape as [number, number, number];
    const units = unpacked(arrays, `${layer}.units`, { type: 'Uint32Array' });
    const beyond = units.find((unit) => unit >= all);
    if (beyond !== undefined)
      throw new VitrineError('bad-argument', `"bytes" expected units below ${all}, got ${beyond}`);
    const maps = unpacked(arrays, `${layer}.maps`, { type: 'Float32Array', length: units.length * height * width });
    return restored({ shape, units, maps });
  });
}
