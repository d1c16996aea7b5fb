import { create, globals } from 'webgpu';
import { startBackend } from './leaks.ts';

// The backend registers itself only where navigator.gpu exists when it is imported.
Object.assign(globalThis, globals);
globalThis.navigator ??= {} as Navigator;
Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]), configurable: true });
await import('@tensorflow/tfjs-backend-webgpu');
await startBackend('webgpu');
