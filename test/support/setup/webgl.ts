import '@tensorflow/tfjs-backend-webgl';
import { startBackend } from './leaks.ts';

await startBackend('webgl');
