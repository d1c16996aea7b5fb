import '@tensorflow/tfjs-backend-cpu';
import { startBackend } from './leaks.ts';

await startBackend('cpu');
