import '@tensorflow/tfjs-backend-webgpu';
import { startBackend } from './leaks.ts';

await startBackend('webgpu');
