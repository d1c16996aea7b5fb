import { outputSize, paddingBefore, axisOf, type WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { sizeOf } from '../../src/numeric/shape.ts';
