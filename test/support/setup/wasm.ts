import '@tensorflow/tfjs-backend-wasm';
import { startBackend } from './leaks.ts';

await startBackend('wasm');
