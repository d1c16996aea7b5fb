import '@tensorflow/tfjs-backend-wasm';
import * as simd from '../../../src/backend/kernels/simd.generated.ts';
import { startSimd } from '../../../src/backend/kernels/simd.ts';
import { startBackend } from './leaks.ts';

await startBackend('wasm');
// Networks start them; here so that kernels are tested with them where there is no network.
startSimd(simd);
